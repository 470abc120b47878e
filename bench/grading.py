"""How long a class takes to grade: `python bench/grading.py [--students 30]`.

Thirty submissions of ten exercises each, right and wrong ones, on two processors. The
bound is 60 s. The processors' own seconds are what a shared machine leaves the same.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.exercise_cases.course import source_notebook, write_class

from werkbook.exercises.course.build import KEY, build_course
from werkbook.exercises.course.key import read_key
from werkbook.exercises.grading.confinement import SubmissionLimits
from werkbook.exercises.grading.grading import grade_all
from werkbook.exercises.grading.results import Graded
from werkbook.exercises.grading.submissions import find_submissions

BOUND_S = 60
JOBS = 2


def grade_class(count: int) -> tuple[float, list[Graded]]:
    """Build the course and grade a class; return the seconds and the results."""
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place, "lesson.ipynb"), Path(place, "course")
        source.write_text(json.dumps(source_notebook()), "utf-8")
        build_course(source, target)
        write_class(Path(place, "class"), count)
        submissions = find_submissions([Path(place, "class")])
        start_s = time.perf_counter()
        results = grade_all(
            submissions, read_key(target / KEY), SubmissionLimits(), jobs=JOBS
        )
        return time.perf_counter() - start_s, results


def main() -> None:
    """Print the time, and what the first submissions got."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=30)
    count = parser.parse_args().students
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(list(os.sched_getaffinity(0))[:JOBS]))
    seconds, results = grade_class(count)
    exercises = len(results[0].progresses)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    used_s = used.ru_utime + used.ru_stime
    print(f"{count} submissions of {exercises} exercises, {JOBS} processors")
    print(f"until all are graded     {seconds:6.1f} s  at most {BOUND_S} s")
    print(f"the processors together  {used_s:6.1f} s")
    problems = [one.problem for one in results if one.problem]
    print("problems:", problems or "none")
    print("points:", ", ".join(f"{one.points:g}" for one in results))


if __name__ == "__main__":
    main()
