/// Words of nginx's configuration language.
enum NginxText {
    /// Whether a path can stand in a configuration: absolute or relative, without control characters, and without `$`, which
    /// nginx takes for the beginning of a variable and knows no escape for.
    static func isPath(_ path: String) -> Bool {
        (1...1_024).contains(path.utf8.count)
            && path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "$") }
    }

    /// A word that holds `text` and nothing else, for text without `$` that is no part of it.
    static func quoted(_ text: String) -> String {
        var word = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { word += "\\" }
            word.unicodeScalars.append(character)
        }
        return word + "\""
    }

    /// Lines, each further in.
    static func indented(_ lines: [String], by depth: Int = 1) -> [String] {
        lines.map { $0.isEmpty ? $0 : String(repeating: "    ", count: depth) + $0 }
    }

    /// A block with its lines further in.
    static func block(_ head: String, _ lines: [String]) -> [String] {
        ["\(head) {"] + indented(lines) + ["}"]
    }
}
