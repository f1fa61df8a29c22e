//! The lexer on its own.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::syntax::lexer::Lexer;
use crate::syntax::token::TokenKind;

/// Kinds and texts of the tokens, up to an error.
fn tokens(source: &str) -> String {
    let mut lexer = Lexer::new(source);
    let mut shown: Vec<String> = Vec::new();
    loop {
        match lexer.next_token() {
            Ok(token) if token.kind == TokenKind::End => break,
            Ok(token) => match lexer.text(&token) {
                "" => shown.push(format!("{:?}", token.kind)),
                text => shown.push(format!("{:?}:{text}", token.kind)),
            },
            Err(error) => {
                shown.push(format!("{}", error.message));
                break;
            }
        }
    }
    shown.join(" ")
}

#[test]
fn kinds() {
    let cases = [
        ("a1 if", "Name:a1 If:if Newline"),
        ("1 2. 0xe+1 1e+1", "Integer:1 Float:2. Integer:0xe Plus:+ Integer:1 Float:1e+1 Newline"),
        (
            "a<<=b**=c//=d",
            "Name:a LeftShiftEqual:<<= Name:b DoubleStarEqual:**= Name:c DoubleSlashEqual://= Name:d Newline",
        ),
        ("a...b.c", "Name:a Ellipsis:... Name:b Dot:. Name:c Newline"),
        ("->:=!=", "Arrow:-> Assign::= NotEqual:!= Newline"),
        ("rb'a' br\"b\" '''c'd'''", "String:rb'a' String:br\"b\" String:'''c'd''' Newline"),
        ("bu'a'", "Name:bu String:'a' Newline"),
        (
            "a:\n b\n  c\nd",
            "Name:a Colon:: Newline Indent Name:b Newline Indent Name:c Newline Dedent Dedent Name:d Newline",
        ),
        ("(\n a)\n", "ParenOpen:( Name:a ParenClose:) Newline"),
        (
            "f'a{b!r:{c}>3}d'",
            "FStringStart:f' FStringText:a FieldOpen:{ Name:b FieldConversion:!r FieldColon:: FieldOpen:{ Name:c \
             FieldClose:} FStringText:>3 FieldClose:} FStringText:d FStringEnd:' Newline",
        ),
        (
            "f'''{{'{a['b']}'''",
            "FStringStart:f''' FStringText:{{' FieldOpen:{ Name:a BracketOpen:[ String:'b' \
             BracketClose:] FieldClose:} FStringEnd:''' Newline",
        ),
        ("a ?", "Name:a invalid syntax"),
        ("'a", "invalid syntax"),
    ];
    for (source, expected) in cases {
        assert_eq!(tokens(source), expected, "{source}");
    }
}
