/// A generator whose every word is the same: 1 for the least of each choice, all bits for the most. Not 0: the standard
/// library would draw again, for ever.
struct Constant: RandomNumberGenerator {
    let word: UInt64
    mutating func next() -> UInt64 { word }
}
