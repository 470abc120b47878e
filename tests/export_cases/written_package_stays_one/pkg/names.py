NAME = "moon"
