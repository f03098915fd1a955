"""For instructors: from the release of an assignment to the grades, one command a step."""
