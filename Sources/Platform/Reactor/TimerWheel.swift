/// Timers in a hierarchy of wheels: insert and cancel in constant time, whatever their number.
///
/// Six levels of 64 slots; a slot of level *n* spans 64ⁿ ticks, and its timers move one level down when their time
/// comes near (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6). One 64-bit word a level
/// tells which slots are in use, so the next expiry is found by counting zeros. Time is passed in, as a count of ticks.
struct TimerWheel<Payload> {
    /// Names one timer; stale after the timer fired or was cancelled, and then names nothing.
    struct Handle: Sendable, Equatable {
        fileprivate let index: UInt32
        fileprivate let generation: UInt32
    }

    private struct Entry {
        var payload: Payload?
        var tick: UInt64 = 0
        var next: UInt32 = none
        var previous: UInt32 = none
        var generation: UInt32 = 0
    }

    private static var none: UInt32 { .max }
    private static var levels: Int { 6 }
    /// The farthest a timer can be set, in ticks from now; later ones are brought back to it.
    static var horizon: UInt64 { 1 << 35 }

    private var entries: [Entry] = []
    private var freeHead = none
    private var heads = [UInt32](repeating: none, count: 64 * levels)
    private var occupied = [UInt64](repeating: 0, count: levels)
    private var elapsed: UInt64
    /// How many timers are set.
    private(set) var count = 0

    init(startingAt tick: UInt64) { elapsed = tick }

    /// Sets a timer. One that is due already fires with the next tick.
    mutating func insert(_ payload: Payload, at tick: UInt64) -> Handle {
        let index = takeEntry()
        entries[Int(index)].payload = payload
        entries[Int(index)].tick = min(max(tick, elapsed + 1), elapsed + Self.horizon)
        link(index)
        count += 1
        return Handle(index: index, generation: entries[Int(index)].generation)
    }

    /// Unsets a timer; nil when it has fired or been cancelled before.
    @discardableResult mutating func cancel(_ handle: Handle) -> Payload? {
        let index = Int(handle.index)
        guard entries[index].generation == handle.generation, entries[index].payload != nil else {
            return nil
        }
        unlink(handle.index)
        return release(handle.index)
    }

    /// The tick at which ``popExpired(at:)`` has something to do: fire a timer or move some down; nil without timers.
    var nextTick: UInt64? { nextExpiry()?.tick }

    /// Takes one timer that is due at `tick`; nil when no more are.
    mutating func popExpired(at tick: UInt64) -> Payload? {
        while let expiry = nextExpiry(), expiry.tick <= tick {
            elapsed = max(elapsed, expiry.tick)
            guard expiry.level > 0 else {
                let head = heads[expiry.slot]
                unlink(head)
                return release(head)
            }
            moveDown(expiry.slot)
        }
        elapsed = max(elapsed, tick)
        return nil
    }

    /// Deals a slot's timers out to the levels below: all of them, or a later one below would hide those left here.
    private mutating func moveDown(_ slot: Int) {
        var index = heads[slot]
        heads[slot] = Self.none
        occupied[slot / 64] &= ~(1 << UInt64(slot % 64))
        while index != Self.none {
            let next = entries[Int(index)].next
            link(index)
            index = next
        }
    }

    private func nextExpiry() -> (level: Int, slot: Int, tick: UInt64)? {
        for level in 0..<Self.levels where occupied[level] != 0 {
            let shift = UInt64(level * 6)
            let here = (elapsed >> shift) & 63
            let rotated = occupied[level] >> here | (here == 0 ? 0 : occupied[level] << (64 - here))
            let slot = (UInt64(rotated.trailingZeroBitCount) + here) & 63
            var tick = elapsed & ~((64 << shift) - 1) + slot << shift
            if tick < elapsed, slot < here { tick += 64 << shift }
            return (level, level * 64 + Int(slot), max(tick, elapsed))
        }
        return nil
    }

    private func slot(of tick: UInt64) -> Int {
        let level = (63 - ((elapsed ^ tick) | 63).leadingZeroBitCount) / 6
        let kept = min(level, Self.levels - 1)
        return kept * 64 + Int((tick >> UInt64(kept * 6)) & 63)
    }

    private mutating func link(_ index: UInt32) {
        let slot = slot(of: entries[Int(index)].tick)
        let head = heads[slot]
        entries[Int(index)].next = head
        entries[Int(index)].previous = Self.none
        if head != Self.none { entries[Int(head)].previous = index }
        heads[slot] = index
        occupied[slot / 64] |= 1 << UInt64(slot % 64)
    }

    private mutating func unlink(_ index: UInt32) {
        let entry = entries[Int(index)]
        if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
        if entry.previous != Self.none {
            entries[Int(entry.previous)].next = entry.next
            return
        }
        // A head: its slot is the one whose head it is. Moving down changes `elapsed`, never the slot it was put in,
        // and a timer's slot is found again because its level's digits above were equal then and are equal now.
        for level in 0..<Self.levels {
            let slot = level * 64 + Int((entry.tick >> UInt64(level * 6)) & 63)
            guard heads[slot] == index else { continue }
            heads[slot] = entry.next
            if entry.next == Self.none { occupied[level] &= ~(1 << UInt64(slot % 64)) }
            return
        }
    }

    private mutating func takeEntry() -> UInt32 {
        guard freeHead == Self.none else {
            let index = freeHead
            freeHead = entries[Int(index)].next
            return index
        }
        entries.append(Entry())
        return UInt32(entries.count - 1)
    }

    private mutating func release(_ index: UInt32) -> Payload? {
        let payload = entries[Int(index)].payload.take()
        entries[Int(index)].generation &+= 1
        entries[Int(index)].next = freeHead
        freeHead = index
        count -= 1
        return payload
    }
}
