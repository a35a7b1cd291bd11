import Documents
import JSON

/// How often one client may send requests to some locations.
struct FrontZone: Sendable, Hashable {
    /// What it is called in locations, logs, metrics and `RateLimit-Policy`.
    let name: String
    /// How often in the long run.
    let rate: ZoneRate
    /// How many at once beyond that; they are not delayed.
    let burst: Int

    /// Names that the front gives itself.
    private static let taken = ["static", "none", "connections"]

    /// Reads the member `name` of `zones`.
    static func read(_ name: String, _ reader: inout ObjectReader) -> FrontZone? {
        if !isName(name) { reader.note("must have a name of 1 to 32 of a-z, 0-9, - and _, a letter first") }
        if taken.contains(name) {
            reader.note("has a name that the front needs itself, as \(taken.joined(separator: ", "))")
        }
        if !reader.has("rate") { reader.note("must have a rate") }
        let rate = reader.value("rate", ZoneRate.rule) { $0.string.flatMap { ZoneRate(parsing: $0) } }
        let burst = reader.integer("burst", 0...100_000)
        guard let rate, isName(name), !taken.contains(name) else { return nil }
        return FrontZone(name: name, rate: rate, burst: burst ?? rate.defaultBurst)
    }

    private static func isName(_ name: String) -> Bool {
        let isLetter = { (byte: UInt8) in (97...122).contains(byte) }
        return (1...32).contains(name.utf8.count) && name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "-_".utf8.contains($0) }
    }
}
