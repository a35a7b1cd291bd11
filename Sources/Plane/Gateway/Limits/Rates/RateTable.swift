/// Many buckets in one block of memory: 16 bytes each, found by their hash within a few neighbouring places.
///
/// Open addressing with linear probing over at most ``window`` places. A bucket that is full again says no more than one
/// that was never touched, so its place is free for another key, and whoever asks for it anew finds it full. The table
/// begins without memory and doubles up to a bound. At the bound, when all places of a window hold debts, the bucket that
/// is nearest to full gives way: its key gains no more than what it still owed, which is the least of all there.
struct RateTable: Sendable {
    /// A key's hash, 0 for a place never used, and when its bucket is full.
    struct Slot: Sendable {
        var hash: UInt64 = 0
        var fullAt: Int64 = 0
    }

    /// How far from its first place a bucket may stand: 1 KiB. Up to a load of a half, which the bound is chosen for, it is
    /// practically never used up.
    static let window = 64
    private static let firstCount = 16

    private var slots: [Slot] = []
    private let most: Int
    /// Keys that were placed since the table was last put in order.
    private var placed = 0
    /// Places in use: buckets with a debt, and some that are full again since.
    private(set) var used = 0
    /// Debts that were forgotten for want of a place.
    private(set) var evictions: UInt64 = 0
    /// Requests refused.
    private(set) var refused: UInt64 = 0

    /// Makes an empty table.
    ///
    /// - Parameter most: the places it grows to; rounded up to a power of two, 16 at least.
    init(most: Int) { self.most = Self.powerOfTwo(from: max(Self.firstCount, most)) }

    /// Bytes that the places take.
    var byteCount: Int { slots.count * MemoryLayout<Slot>.stride }

    /// Takes tokens from a key's bucket; see ``RateSchedule/take(_:fullAt:at:)``.
    mutating func take(_ cost: Int, of hash: UInt64, _ schedule: RateSchedule, at now: Int64) -> RateVerdict {
        let known = index(of: hash)
        let (fullAt, verdict) = schedule.take(cost, fullAt: known.map { slots[$0].fullAt } ?? 0, at: now)
        guard verdict.isAllowed else {
            refused += 1
            return verdict
        }
        // A bucket that stays full needs no place.
        if fullAt > now { slots[known ?? place(for: hash, at: now)].fullAt = fullAt }
        return verdict
    }

    /// Puts tokens back that were taken; nothing happens when the bucket was forgotten meanwhile.
    mutating func refund(_ cost: Int, of hash: UInt64, _ schedule: RateSchedule) {
        guard let index = index(of: hash) else { return }
        slots[index].fullAt = schedule.refund(cost, fullAt: slots[index].fullAt)
    }

    // MARK: Places

    private func index(of hash: UInt64) -> Int? {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<min(Self.window, slots.count) {
            let found = slots[index].hash
            if found == hash { return index }
            if found == 0 { return nil }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Gives a key that has none a place.
    private mutating func place(for hash: UInt64, at now: Int64) -> Int {
        placed += 1
        if used >= slots.count - slots.count / 4 { putInOrder(at: now) }
        if let index = freePlace(for: hash, at: now) { return claim(index, hash) }
        // A window without room in a table that may grow: very rare below three quarters.
        if slots.count < most, rebuild(slots.count * 2, at: now), let index = freePlace(for: hash, at: now) {
            return claim(index, hash)
        }
        evictions += 1
        return claim(nearestToFull(from: hash), hash)
    }

    private mutating func claim(_ index: Int, _ hash: UInt64) -> Int {
        if slots[index].hash == 0 { used += 1 }
        slots[index] = Slot(hash: hash)
        return index
    }

    /// The first place of the window that was never used or whose bucket is full again.
    private func freePlace(for hash: UInt64, at now: Int64) -> Int? {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<min(Self.window, slots.count) {
            if slots[index].hash == 0 || slots[index].fullAt <= now { return index }
            index = (index + 1) & mask
        }
        return nil
    }

    private func nearestToFull(from hash: UInt64) -> Int {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        var nearest = index
        for _ in 0..<min(Self.window, slots.count) {
            if slots[index].fullAt < slots[nearest].fullAt { nearest = index }
            index = (index + 1) & mask
        }
        return nearest
    }

    /// Drops full buckets, so that searches stay short, and doubles the table where debts alone take much of it. Done at
    /// most once for each quarter of the places that new keys took: a few steps for each of them.
    private mutating func putInOrder(at now: Int64) {
        guard placed > slots.count / 4 || slots.isEmpty else { return }
        placed = 0
        let debts = slots.reduce(0) { $0 + ($1.fullAt > now ? 1 : 0) }
        if slots.count < most, debts >= slots.count / 8 * 3 {
            _ = rebuild(max(Self.firstCount, slots.count * 2), at: now)
        } else if debts < slots.count / 8 * 5 {
            _ = rebuild(slots.count, at: now)
        }
    }

    /// Moves all debts to a table of so many places; leaves all as it was, and returns false, should one find no place.
    private mutating func rebuild(_ count: Int, at now: Int64) -> Bool {
        let old = slots
        let oldUsed = used
        slots = Array(repeating: Slot(), count: count)
        used = 0
        for slot in old where slot.fullAt > now {
            guard let index = freePlace(for: slot.hash, at: now) else {
                (slots, used) = (old, oldUsed)
                return false
            }
            slots[index] = slot
            used += 1
        }
        return true
    }

    private static func powerOfTwo(from count: Int) -> Int {
        count <= 1 ? 1 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }
}
