"""The grading engine: warm, confined, parallel, examined from outside."""
