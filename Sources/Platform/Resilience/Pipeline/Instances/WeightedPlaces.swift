/// Places to balance over, and two of them drawn by weight.
struct WeightedPlaces: Sendable {
    /// The places, in the order of the members.
    let places: [Int]
    /// The sums of the weights up to each place; empty when all weigh the same.
    private let sums: [Double]

    /// None.
    init() { self.init([], weights: []) }

    /// Takes places, and the weight of each.
    init(_ places: [Int], weights: [Double]) {
        self.places = places
        guard let first = weights.first, weights.contains(where: { $0 != first }) else {
            sums = []
            return
        }
        var sum = 0.0
        sums = weights.map { weight in
            sum += weight
            return sum
        }
    }

    /// Two places at random; -1 for the second where there is but one, or where both are the same.
    ///
    /// Among equals two different ones are drawn. By weight each is drawn on its own: then the same one may come twice, and
    /// with equal loads each gets just its share of the calls (w² + w(1 − w) = w).
    func draw(using random: inout SmallRandom) -> (Int, Int) {
        guard places.count > 1 else { return (places[0], -1) }
        guard let total = sums.last else {
            let one = random.below(places.count)
            var other = random.below(places.count - 1)
            if other >= one { other += 1 }
            return (places[one], places[other])
        }
        let one = index(of: random.unit() * total)
        let other = index(of: random.unit() * total)
        return (places[one], one == other ? -1 : places[other])
    }

    /// The first place whose sum is above `point`.
    private func index(of point: Double) -> Int {
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
