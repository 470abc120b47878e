from app_module import app

@app.get("/two")
def two():
    return "2"
