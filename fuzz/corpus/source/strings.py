f"{a}{b!r}{c:>{d}}{e=}{{}}" f'{f"{g}"}' rf"{h:%Y-\d}"
f"{x!z}" f"{" f"}" f"{a:{b:{c}}}" f'{lambda x: 1}' f"{*a, b}"
