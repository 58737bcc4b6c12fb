print("metaplast")
