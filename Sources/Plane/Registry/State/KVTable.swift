/// Entries in the byte order of their keys: sorted chunks, so that neither a lookup nor an insertion walks them all.
struct KVTable: Sendable {
    private static let chunkLimit = 512

    private var chunks: [[KVEntry]] = []
    private(set) var count = 0

    subscript(key: KVKey) -> KVEntry? {
        guard let chunk = chunkIndex(of: key) else { return nil }
        let entries = chunks[chunk]
        let place = Self.lowerBound(entries, key)
        return place < entries.count && entries[place].key == key ? entries[place] : nil
    }

    /// Adds an entry, or replaces the one of its key.
    mutating func put(_ entry: KVEntry) {
        guard let chunk = chunkIndex(of: entry.key) else {
            count += 1
            if chunks.isEmpty { chunks.append([entry]) } else { chunks[0].insert(entry, at: 0) }
            return splitIfLarge(0)
        }
        let place = Self.lowerBound(chunks[chunk], entry.key)
        if place < chunks[chunk].count, chunks[chunk][place].key == entry.key {
            chunks[chunk][place] = entry
        } else {
            count += 1
            chunks[chunk].insert(entry, at: place)
            splitIfLarge(chunk)
        }
    }

    /// Removes the entry of a key, if there is one.
    mutating func remove(_ key: KVKey) {
        guard let chunk = chunkIndex(of: key) else { return }
        let place = Self.lowerBound(chunks[chunk], key)
        guard place < chunks[chunk].count, chunks[chunk][place].key == key else { return }
        count -= 1
        chunks[chunk].remove(at: place)
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// Calls `body` with each entry whose key begins with `prefix`, in order.
    func forEach(under prefix: KVKey, _ body: (KVEntry) -> Void) {
        var chunk = chunkIndex(of: prefix) ?? 0
        guard chunk < chunks.count else { return }
        var place = Self.lowerBound(chunks[chunk], prefix)
        while chunk < chunks.count {
            while place < chunks[chunk].count {
                guard chunks[chunk][place].key.hasPrefix(prefix) else { return }
                body(chunks[chunk][place])
                place += 1
            }
            chunk += 1
            place = 0
        }
    }

    /// The last chunk that begins at or before `key`.
    private func chunkIndex(of key: KVKey) -> Int? {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if key < chunks[middle][0].key { high = middle } else { low = middle + 1 }
        }
        return low > 0 ? low - 1 : nil
    }

    private static func lowerBound(_ entries: [KVEntry], _ key: KVKey) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func splitIfLarge(_ index: Int) {
        guard chunks[index].count > Self.chunkLimit else { return }
        let half = chunks[index].count / 2
        let tail = Array(chunks[index][half...])
        chunks[index].removeSubrange(half...)
        chunks.insert(tail, at: index + 1)
    }
}
