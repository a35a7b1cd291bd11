/// Numbers that are the same for the same beginning, on each machine (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
struct SeedRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Two places of one seed begin apart.
    init(_ seed: Int, _ place: Int) {
        let (seed, place) = (UInt64(truncatingIfNeeded: seed), UInt64(truncatingIfNeeded: place))
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ place << 32
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// One of some things, of which there is one at least.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
