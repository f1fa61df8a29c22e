# status: 1
# stderr: uncaught.err
# An exception that nobody catches: where it came through, on stderr, and what was printed before stays.
print("before")


class Motor:
    def start(self, speed):
        return 100 // speed


def drive(motors):
    for motor in motors:
        motor.start(0)


def generator():
    yield drive([Motor()])


(lambda: [0 for _ in generator()])()
print("not reached")
