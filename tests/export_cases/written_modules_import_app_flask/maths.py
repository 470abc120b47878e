from flask import Blueprint
from app import app as base

bp = Blueprint("maths", "maths")

@bp.get("/")
def name():
    return base.name
