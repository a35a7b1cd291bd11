@testable import JSON

/// Texts by the grammar of RFC 8259, by section.
enum GrammarCases {
    /// Refused, with the rule and the byte where it is broken.
    static let refused: [(String, JSONReason, Int)] = [
        // §2: one value, and nothing else.
        ("", .unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("\n\t\r ", .unexpectedEnd, 4),
        ("1 2", .trailingBytes, 2), ("{}{}", .trailingBytes, 2), ("[][]", .trailingBytes, 2),
        ("null,", .trailingBytes, 4), ("[1]x", .trailingBytes, 3), ("[]]", .trailingBytes, 2),
        ("{}}", .trailingBytes, 2), ("\"a\"\"b\"", .trailingBytes, 3), ("1//c", .trailingBytes, 1),
        ("1/* c */", .trailingBytes, 1), ("[]\0", .trailingBytes, 2), ("true#", .trailingBytes, 4),
        ("\u{FEFF}1", .byteOrderMark, 0), ("\u{FEFF}", .byteOrderMark, 0), ("1\u{FEFF}", .trailingBytes, 1),
        ("\u{A0}1", .unexpectedByte, 0), ("\u{2028}1", .unexpectedByte, 0), ("\u{C}1", .unexpectedByte, 0),
        ("\u{B}1", .unexpectedByte, 0), ("\u{3000}1", .unexpectedByte, 0), ("\01", .unexpectedByte, 0),
        ("[1\u{C}]", .unexpectedByte, 2), ("/**/1", .unexpectedByte, 0), ("// c\n1", .unexpectedByte, 0),
        ("# c\n1", .unexpectedByte, 0), (")]}'\n1", .unexpectedByte, 0), ("]", .unexpectedByte, 0),
        ("}", .unexpectedByte, 0), (",", .unexpectedByte, 0), (":", .unexpectedByte, 0),
        ("<null>", .unexpectedByte, 0), ("*", .unexpectedByte, 0), ("a", .unexpectedByte, 0),
        ("'a'", .unexpectedByte, 0), ("`a`", .unexpectedByte, 0), ("é", .unexpectedByte, 0),
        // §3: words.
        ("t", .unexpectedEnd, 1), ("tru", .unexpectedEnd, 3), ("fals", .unexpectedEnd, 4),
        ("nul", .unexpectedEnd, 3), ("truth", .invalidLiteral, 3), ("nil", .invalidLiteral, 1),
        ("fALSE", .invalidLiteral, 1), ("True", .unexpectedByte, 0), ("NULL", .unexpectedByte, 0),
        ("truee", .trailingBytes, 4), ("true1", .trailingBytes, 4), ("undefined", .unexpectedByte, 0),
        ("yes", .unexpectedByte, 0), ("tr ue", .invalidLiteral, 2), ("n", .unexpectedEnd, 1),
        ("f", .unexpectedEnd, 1), ("[nul]", .invalidLiteral, 4), ("[tru", .unexpectedEnd, 4),
        // §4: objects.
        ("{", .unexpectedEnd, 1), ("{ ", .unexpectedEnd, 2), ("{\"a\"", .unexpectedEnd, 4),
        ("{\"a\":", .unexpectedEnd, 5), ("{\"a\":1", .unexpectedEnd, 6), ("{\"a\":1,", .unexpectedEnd, 7),
        ("{,}", .unexpectedByte, 1), ("{\"a\":1,}", .unexpectedByte, 7),
        ("{\"a\":1,,\"b\":2}", .unexpectedByte, 7),
        ("{\"a\":1 \"b\":2}", .unexpectedByte, 7), ("{\"a\" 1}", .unexpectedByte, 5),
        ("{\"a\"}", .unexpectedByte, 4),
        ("{\"a\",1}", .unexpectedByte, 4), ("{\"a\"::1}", .unexpectedByte, 5),
        ("{\"a\":}", .unexpectedByte, 5),
        ("{a:1}", .unexpectedByte, 1), ("{'a':1}", .unexpectedByte, 1), ("{1:1}", .unexpectedByte, 1),
        ("{null:1}", .unexpectedByte, 1), ("{[]:1}", .unexpectedByte, 1), ("{{}:1}", .unexpectedByte, 1),
        ("{\"a\":1]", .unexpectedByte, 6), ("{\"a\":1;\"b\":2}", .unexpectedByte, 6),
        ("{:1}", .unexpectedByte, 1),
        ("{\"a\"=1}", .unexpectedByte, 4), ("{\"a\":/**/1}", .unexpectedByte, 5), ("{]", .unexpectedByte, 1),
        ("{\"a\":1 /**/}", .unexpectedByte, 7), ("{\"a\":\"b\"\"c\":1}", .unexpectedByte, 8),
        ("{\"a\":1,\"a\":2}", .duplicateKey, 7), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey, 7),
        ("{\"\":1,\"\":1}", .duplicateKey, 6), ("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]", .duplicateKey, 19),
        ("{\"\\\\\":1,\"\\u005c\":1}", .duplicateKey, 8), ("{\"é\":1,\"\\u00e9\":1}", .duplicateKey, 8),
        ("{\"😀\":1,\"\\ud83d\\uDE00\":1}", .duplicateKey, 10), ("{\"/\":1,\"\\/\":1}", .duplicateKey, 7),
        // §5: arrays.
        ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
        ("[[]", .unexpectedEnd, 3),
        ("[,]", .unexpectedByte, 1), ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1),
        ("[1,,2]", .unexpectedByte, 3), ("[1 2]", .unexpectedByte, 3), ("[1;2]", .unexpectedByte, 2),
        ("[1}", .unexpectedByte, 2), ("[\"a\":1]", .unexpectedByte, 4), ("[\"a\" \"b\"]", .unexpectedByte, 5),
        ("[}", .unexpectedByte, 1), ("[x]", .unexpectedByte, 1), ("[...]", .unexpectedByte, 1),
        ("[1,/*c*/2]", .unexpectedByte, 3), ("[[1]", .unexpectedEnd, 4), ("[\"", .unexpectedEnd, 2),
        // §6: numbers.
        ("-", .unexpectedEnd, 1), ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0),
        ("-.5", .invalidNumber, 1),
        ("1.", .unexpectedEnd, 2), ("[1.]", .invalidNumber, 3), ("1.e1", .invalidNumber, 2),
        ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3), ("[1e]", .invalidNumber, 3),
        ("1eE2", .invalidNumber, 2),
        ("1e1.5", .trailingBytes, 3), ("01", .invalidNumber, 1), ("-01", .invalidNumber, 2),
        ("00", .invalidNumber, 1),
        ("0123", .invalidNumber, 1), ("-00", .invalidNumber, 2), ("00.5", .invalidNumber, 1),
        ("0x1F", .trailingBytes, 1),
        ("1_000", .trailingBytes, 1), ("1,000", .trailingBytes, 1), ("--1", .invalidNumber, 1),
        ("-+1", .invalidNumber, 1),
        ("1.2.3", .trailingBytes, 3), ("NaN", .unexpectedByte, 0), ("Infinity", .unexpectedByte, 0),
        ("-Infinity", .invalidNumber, 1), ("-NaN", .invalidNumber, 1), ("inf", .unexpectedByte, 0),
        ("1f", .trailingBytes, 1), ("0b1", .trailingBytes, 1), ("1e 5", .invalidNumber, 2),
        ("- 1", .invalidNumber, 1),
        ("1٢", .trailingBytes, 1), ("1a", .trailingBytes, 1), ("[-]", .invalidNumber, 2),
        ("[1e+-1]", .invalidNumber, 4),
        ("[0e]", .invalidNumber, 3), ("２", .unexpectedByte, 0), ("1n", .trailingBytes, 1),
        // §7: strings.
        ("\"", .unexpectedEnd, 1), ("\"a", .unexpectedEnd, 2), ("\"abcdefgh", .unexpectedEnd, 9),
        ("\"\\", .unexpectedEnd, 2), ("\"\\\"", .unexpectedEnd, 3), ("\"\t\"", .controlCharacter, 1),
        ("\"\n\"", .controlCharacter, 1), ("\"\0\"", .controlCharacter, 1),
        ("\"a\u{1F}\"", .controlCharacter, 2),
        ("\"abcdefghi\r\"", .controlCharacter, 10), ("\"\\x41\"", .invalidEscape, 1),
        ("\"\\a\"", .invalidEscape, 1),
        ("\"\\'\"", .invalidEscape, 1), ("\"\\0\"", .invalidEscape, 1), ("\"\\U0041\"", .invalidEscape, 1),
        ("\"\\u\"", .invalidEscape, 1), ("\"\\u00\"", .invalidEscape, 1), ("\"\\u004\"", .invalidEscape, 1),
        ("\"\\u00G1\"", .invalidEscape, 1), ("\"\\u+041\"", .invalidEscape, 1),
        ("\"\\u{41}\"", .invalidEscape, 1),
        ("\"\\ \"", .invalidEscape, 1), ("\"\\\n\"", .invalidEscape, 1), ("\"\\é\"", .invalidEscape, 1),
        ("\"\\N\"", .invalidEscape, 1), ("\"\\v\"", .invalidEscape, 1), ("{\"\\x\":1}", .invalidEscape, 2),
        // §8.2: surrogates.
        ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\uDFFF\"", .loneSurrogate, 1),
        ("\"a\\udc00b\"", .loneSurrogate, 2),
        ("\"\\ud800\\ud800\"", .loneSurrogate, 1), ("\"\\ud800\\u0041\"", .loneSurrogate, 1),
        ("\"\\ud800x\"", .loneSurrogate, 1), ("\"\\udc00\\ud800\"", .loneSurrogate, 1),
        ("\"\\ud83d\\n\"", .loneSurrogate, 1),
        ("\"\\ud800\\uZZZZ\"", .loneSurrogate, 1), ("{\"\\udead\":1}", .loneSurrogate, 2),
    ]

    /// Accepted, with the compact form that it has when written again.
    static let accepted: [(String, String)] = [
        ("null", "null"), ("true", "true"), ("false", "false"), (" null ", "null"), ("\r\n\t1\r\n\t", "1"),
        ("0", "0"), ("-0", "-0"), ("-0.0", "-0.0"), ("1", "1"), ("-1", "-1"), ("10", "10"), ("0.5", "0.5"),
        ("1.0", "1.0"), ("1e5", "1e5"), ("1E5", "1E5"), ("1e+5", "1e+5"), ("1E-05", "1E-05"), ("0e0", "0e0"),
        ("-0e+00", "-0e+00"), ("1.25e400", "1.25e400"), ("1e-400", "1e-400"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.10000000000000000000000000000001", "0.10000000000000000000000000000001"),
        ("\"\"", "\"\""), ("\"a\"", "\"a\""), ("\"\\u0041\"", "\"A\""), ("\"\\/\"", "\"/\""),
        ("\"/\"", "\"/\""),
        ("\"\\\"\\\\\\b\\f\\n\\r\\t\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\""), ("\"\\u0000\"", "\"\\u0000\""),
        ("\"\\u001f\"", "\"\\u001f\""), ("\"\u{7F}\"", "\"\u{7F}\""), ("\"\\u00e9é\"", "\"éé\""),
        ("\"\\uD834\\uDD1E\"", "\"𝄞\""), ("\"\\ud83d\\ude00\"", "\"😀\""), ("\"😀\"", "\"😀\""),
        ("\"\\uFFFF\\uFFFE\"", "\"\u{FFFF}\u{FFFE}\""), ("\"\u{2028}\u{2029}\"", "\"\u{2028}\u{2029}\""),
        ("\"\\u2028\"", "\"\u{2028}\""), ("\"\u{FEFF}\"", "\"\u{FEFF}\""),
        ("\"\u{10FFFF}\"", "\"\u{10FFFF}\""),
        ("\"\\\\u0041\"", "\"\\\\u0041\""), ("\"// c\"", "\"// c\""),
        ("\"abcdefg\\\"h\"", "\"abcdefg\\\"h\""),
        ("[]", "[]"), ("[ ]", "[]"), ("[[]]", "[[]]"), ("[1]", "[1]"), ("[ 1 , 2 ]", "[1,2]"),
        ("[1,[2,[3,[]]],{}]", "[1,[2,[3,[]]],{}]"), ("[null,true,\"\"]", "[null,true,\"\"]"),
        ("{}", "{}"), ("{ }", "{}"), ("{\"\":0}", "{\"\":0}"),
        ("{\"a\":{\"a\":{\"a\":1}}}", "{\"a\":{\"a\":{\"a\":1}}}"),
        ("{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":1,\"b\":[]}"), ("{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}"),
        ("[{\"a\":1},{\"a\":2}]", "[{\"a\":1},{\"a\":2}]"), ("{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}"),
        ("{\"__proto__\":{},\"constructor\":1}", "{\"__proto__\":{},\"constructor\":1}"),
        ("{\"\\u0061\":1}", "{\"a\":1}"), ("{\"a\\n\":1}", "{\"a\\n\":1}"),
        // Canonically equivalent keys are two keys (§8.3).
        ("{\"é\":1,\"e\u{301}\":2}", "{\"é\":1,\"e\u{301}\":2}"),
        // The RFC's own examples, §13.
        (
            "{ \"Image\": { \"Width\": 800, \"Height\": 600, \"Title\": \"View from 15th Floor\", \"Thumbnail\": "
                + "{ \"Url\": \"http://www.example.com/image/481989943\", \"Height\": 125, \"Width\": 100 }, "
                + "\"Animated\" : false, \"IDs\": [116, 943, 234, 38793] } }",
            "{\"Image\":{\"Width\":800,\"Height\":600,\"Title\":\"View from 15th Floor\",\"Thumbnail\":"
                + "{\"Url\":\"http://www.example.com/image/481989943\",\"Height\":125,\"Width\":100},"
                + "\"Animated\":false,\"IDs\":[116,943,234,38793]}}"
        ), ("\"Hello world!\"", "\"Hello world!\""), ("42", "42"),
    ]
}
