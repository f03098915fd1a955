"""The instructor's side: builder, grading engine and reports."""
