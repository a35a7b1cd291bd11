/// Finds the name that somebody meant.
package enum NearestName {
    /// The known name with the fewest edits to `name`; nil when none is near: more than two edits, or more than a third
    /// of the letters for longer names. The first one wins among equals.
    package static func find(_ name: String, among known: [String]) -> String? {
        guard name.utf8.count <= 128 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(Array(name.utf8), Array(candidate.utf8))
            if distance <= max(2, candidate.utf8.count / 3), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// The fewest insertions, deletions and replacements that turn one into the other (Levenshtein, 1966).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (position, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for index in right.indices {
                let replaced = diagonal + (byte == right[index] ? 0 : 1)
                diagonal = row[index + 1]
                row[index + 1] = min(replaced, row[index] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
