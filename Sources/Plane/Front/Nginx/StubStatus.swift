/// What nginx's `stub_status` tells of its connections.
struct StubStatus: Sendable, Equatable {
    /// All that are open.
    let active: Int
    /// Those whose request is being read.
    let reading: Int
    /// Those that are being answered.
    let writing: Int
    /// Those that are idle.
    let waiting: Int

    /// Reads the page; nil for another one.
    init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        func number(behind word: String) -> Int? {
            guard let index = words.firstIndex(where: { $0 == word }), index + 1 < words.count else {
                return nil
            }
            return Int(words[index + 1])
        }
        guard let active = number(behind: "connections:"), let reading = number(behind: "Reading:"),
            let writing = number(behind: "Writing:"), let waiting = number(behind: "Waiting:")
        else { return nil }
        (self.active, self.reading, self.writing, self.waiting) = (active, reading, writing, waiting)
    }

    /// The figures by their labels.
    var states: [(String, Int)] {
        [("active", active), ("reading", reading), ("writing", writing), ("waiting", waiting)]
    }
}
