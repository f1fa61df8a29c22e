# The methods of str, indexing, searching and escapes.
s = "Hello, World"
print(len(s), s[0], s[-1], s[7:], s[:5], s[3:3], s[-100:100])
print(s.upper(), s.lower(), s.find("o"), s.find("o", 5), s.rfind("o"), s.find("x"), s.index("W"), s.count("l"), s.count(""))
print(s.startswith("Hell"), s.endswith("ld"), s.startswith("W", 7), s.startswith(("x", "H")))
print(s.replace("l", "L"), s.replace("l", "L", 2), s.replace("", "-", 3), s.replace("zz", ""))
print("a,b,,c".split(","), "a,b,,c".split(",", 1), "a,b,,c".rsplit(",", 1), " a  b ".split(), "".split(), "x".split("x"))
print("-".join(["a", "b", "c"]), ",".join("xyz"), "".join([]), "ab\ncd\r\nef".splitlines(), "a\nb\n".splitlines(True))
print("  x ".strip() + "|", "  x ".lstrip() + "|", "  x ".rstrip() + "|", "xxaxx".strip("x"), "abcba".lstrip("ab"))
print("key=value=x".partition("="), "key=value=x".rpartition("="), "none".partition("="))
print("abc".center(9) + "|", "ab" * 3, 3 * "ab", "ab" * 0, "ab" * -1, "a" "b" 'c')
print("abc".isalpha(), "ab1".isalpha(), "12".isdigit(), "".isdigit(), " \t".isspace(), "Ab".isupper(), "AB1".isupper(), "ab".islower())
print("a" < "b", "a" < "B", "abc" < "abd", "" < "a", "abc" == "ab" + "c", "b" in "abc", "" in "abc", "ac" in "abc")
print("tab\tnewline\\n quote' \" \x41 \u00e9 \101", r"raw\n\t", len("\0a"), len(r"\x"))
print(repr("it's"), repr('say "x"'), repr("both ' and \""), repr("\n\t\\\x00\x7f"), repr("é"))
print(ord("A"), chr(97), ord("é"), chr(0x20AC), hex(255), oct(8), bin(5), str(3.5), str(None), str([1, "a"]))
print("héllo", len("héllo"), "héllo"[1], "héllo"[1:3], "héllo".find("l"), [c for c in "aé€"])
print("é".encode(), "€".encode("utf-8"), b"\xc3\xa9".decode(), str(b"abc", "utf-8"))
print("""three
lines
here""")
print('a\
b')
print("{}".format("x"), "%s" % "y", "x=%d" % 5, f"{s[:5]}!")
for bad in (lambda: s[100], lambda: s.index("zz"), lambda: "a" + 1, lambda: int("q"), lambda: "abc".split(""), lambda: ord("ab")):
    try:
        bad()
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__ + ":", error)
try:
    s[0] = "x"
except TypeError as error:
    print("TypeError:", error)
print(hash("abc") == hash("ab" + "c"), "abc" is not None, str("x") + str(1), int("12") + int("-7") + int(" 3 "), int("ff", 16), int("0b11", 0))
print(sorted("hello"), list("abc"), tuple("ab"), set("aab") == {"a", "b"}, max("hello"), min("hello"), list(reversed("abc")))
print("A" + "é" * 3 + "z", ("é" * 3)[1], ("aé" * 3)[3], "éa" < "éb", "z" < "é")
print("|".join(["ab".center(5), "ab".center(6), "a".center(4), "é".center(4), b"abc".center(8).decode()]))
print("".find("",1), "ab".find("",2), "ab".find("",3), "ab".rfind("",3), "ab".rfind("", 5, 9), "ab".find("", 2, 1), "ab".count("", 3), "ab".count("", 2), "ab".startswith("", 3), "ab".startswith("", 2),"ab".find("", -10), "ab".rfind("", 1, 1), b"ab".find(b"", 3), b"ab".count(b"", 3), "ab".count("", 1, 0))
print("aaaaa".rsplit("aa"), "aaaaa".split("aa"), b"aaaaa".rsplit(b"aa", -1), "a  b ".rsplit(), "aba".rsplit("x"))
