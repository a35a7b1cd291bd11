/// What a registry asks for figures at a scrape.
protocol FamilySource: Sendable {
    var name: String { get }
    /// Reads all series. On the thread that scrapes, while others go on counting.
    func snapshot() -> FamilySnapshot
}
