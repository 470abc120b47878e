"""Makes a course of source notebooks: the students' notebooks and the teacher's key."""
