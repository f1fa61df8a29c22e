0 0x1F 0o17 0b1_0 1_000 1e5 .5 5. 1j 0.1e-10j
'a' "b" '''c
d''' r'\n' b'\x00' rb'\' 'a' "b" u'x'
"\u1234\U0001f600\N{DEGREE SIGN}\101\
continued"
