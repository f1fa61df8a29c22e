# hashlib and cryptolib: known answers, pieces, and what is refused.
import hashlib
import cryptolib
from binascii import hexlify, unhexlify

for name in ("sha256", "sha1", "md5"):
    make = getattr(hashlib, name)
    print(name, hexlify(make().digest()), hexlify(make(b"abc").digest()))
    h = make(b"a")
    for i in range(1000):
        h.update(b"b" * (i % 70))
    whole = make(b"a" + b"".join(b"b" * (i % 70) for i in range(1000)))
    print(h.digest() == whole.digest())
    for function in (h.digest, lambda: h.update(b"x")):
        try:
            function()
        except ValueError as er:
            print("ValueError", er)
    try:
        make().update(5)
    except TypeError:
        print("TypeError")
print(hexlify(hashlib.sha256(memoryview(b"xabc")[1:]).digest()))

# The examples of NIST SP 800-38A, AES-128 and AES-256.
plain = unhexlify("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
short = unhexlify("2b7e151628aed2a6abf7158809cf4f3c")
long = unhexlify("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
start = bytes(range(16))
counter = unhexlify("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
for key in (short, long):
    for mode, iv in ((1, None), (2, start), (6, counter)):
        packed = cryptolib.aes(key, mode, iv).encrypt(plain)
        print(mode, hexlify(packed), cryptolib.aes(key, mode, iv).decrypt(packed) == plain)

# Piece by piece, in place, into a buffer.
cipher = cryptolib.aes(short, 6, counter)
pieces = b"".join(cipher.encrypt(plain[i : i + 5]) for i in range(0, 32, 5))
print(pieces == cryptolib.aes(short, 6, counter).encrypt(plain))
cipher = cryptolib.aes(short, 2, start)
print(cipher.encrypt(plain[:16]) + cipher.encrypt(plain[16:]) == cryptolib.aes(short, 2, start).encrypt(plain))
data = bytearray(plain)
cryptolib.aes(short, 1).encrypt(data, data)
cryptolib.aes(short, 1).decrypt(data, data)
print(data == plain)

cipher = cryptolib.aes(short, 1)
cipher.encrypt(plain)
for function in (
    lambda: cryptolib.aes(short, 3),
    lambda: cryptolib.aes(b"short", 1),
    lambda: cryptolib.aes(short, 2),
    lambda: cryptolib.aes(short, 2, b"1"),
    lambda: cipher.encrypt(b"1"),
    lambda: cipher.encrypt(plain, bytearray(16)),
    lambda: cipher.decrypt(plain),
):
    try:
        function()
    except ValueError as er:
        print("ValueError", er)
