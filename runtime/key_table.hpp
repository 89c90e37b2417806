// Values by key, a key being bytes as put_value writes them: a hash table whose values keep their addresses. One block
// for the slots, one an entry, of a multiple of `grain` bytes. While there has never been more than one entry, as for
// most people, that is all there is, and nothing is hashed; nothing at all while it is empty.
#pragma once

#include "runtime/kept_values.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/same_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::runtime {

template <class T, std::size_t grain = 1>
class KeyTable {
public:
    struct Entry {
        template <class... Arguments>
        explicit Entry(std::string_view key, Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {
            set_key(key);
        }
        std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), length}; }
        std::uint32_t hash = 0; ///< where there are slots: as much of it as says where to look
        std::uint32_t length;
        T value;

    private:
        friend KeyTable;
        /// The entry's block has room for it.
        void set_key(std::string_view key) {
            length = static_cast<std::uint32_t>(key.size());
            std::memcpy(static_cast<void*>(this + 1), key.data(), key.size());
        }
    };

    explicit KeyTable(std::pmr::memory_resource* memory) : memory_(memory) {}
    KeyTable(KeyTable&& other) noexcept
        : memory_(other.memory_), only_(std::exchange(other.only_, nullptr)),
          capacity_(std::exchange(other.capacity_, 0)), size_(std::exchange(other.size_, 0)) {}
    KeyTable& operator=(KeyTable&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(only_, other.only_);
        std::swap(capacity_, other.capacity_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~KeyTable() { clear(); }

    std::pmr::memory_resource* memory() const { return memory_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// What a look-up reads first; nullptr: it reads nothing.
    const void* first_read() const { return capacity_ == 0 ? static_cast<const void*>(only_) : slots_; }
    void prefetch() const {
        if (const void* const first = first_read()) ask_for(first);
    }
    Entry* find(std::string_view key) const {
        if (size_ == 0) return nullptr;
        if (capacity_ != 0) return find(key, hash_of_key(key));
        return are_same_bytes(only_->key(), key) ? only_ : nullptr;
    }
    /// The entry of the key, made with `arguments` if there was none.
    template <class... Arguments>
    Entry& obtain(std::string_view key, Arguments&&... arguments) {
        if (Entry* const known = find(key)) return *known;
        const bool is_only = size_ == 0 && capacity_ == 0;
        if (!is_only && (size_ + 1) * 4 > capacity_ * 3) grow();
        void* const place = memory_->allocate(bytes_of(key.size()), alignof(Entry));
        auto* const entry = ::new (place) Entry(key, std::forward<Arguments>(arguments)...);
        put_in(*entry);
        ++size_;
        return *entry;
    }
    void erase(Entry& entry) {
        take_out(entry);
        destroy(&entry);
        --size_;
    }
    /// Whether the entry's block is one for such a key.
    static bool has_room(const Entry& entry, std::string_view key) {
        return bytes_of(key.size()) == bytes_of(entry.length);
    }
    /// Gives the entry another key, which has none so far and for which there is room; its value stays.
    void rename(Entry& entry, std::string_view key) {
        take_out(entry);
        entry.set_key(key);
        put_in(entry);
    }
    template <class Condition>
    void erase_if(Condition condition) {
        std::vector<Entry*> gone;
        for_each([&](Entry& entry) {
            if (condition(entry)) gone.push_back(&entry);
        });
        for (Entry* const entry : gone) erase(*entry);
    }
    void clear() {
        for_each([&](Entry& entry) { destroy(&entry); });
        if (capacity_ != 0) memory_->deallocate(slots_, capacity_ * sizeof(Slot), alignof(Slot));
        only_ = nullptr;
        capacity_ = 0;
        size_ = 0;
    }
    /// In no particular order. `visit(Entry&)` must not change the table.
    template <class Visit>
    void for_each(Visit visit) const {
        if (capacity_ == 0 && size_ != 0) visit(*only_);
        for (std::uint32_t i = 0; i < capacity_; ++i)
            if (slots_[i].entry != nullptr) visit(*slots_[i].entry);
    }
    /// In the order of the keys' bytes.
    std::vector<Entry*> sorted() const {
        std::vector<Entry*> entries;
        for_each([&](Entry& entry) { entries.push_back(&entry); });
        std::sort(entries.begin(), entries.end(),
                  [](const Entry* left, const Entry* right) { return left->key() < right->key(); });
        return entries;
    }

private:
    struct Slot {
        std::uint64_t hash = 0;
        Entry* entry = nullptr;
    };
    static std::size_t bytes_of(std::size_t length) { return (sizeof(Entry) + length + grain - 1) / grain * grain; }

    Entry* find(std::string_view key, std::uint64_t hash) const {
        for (std::uint32_t at = static_cast<std::uint32_t>(hash) & (capacity_ - 1); slots_[at].entry != nullptr;
             at = (at + 1) & (capacity_ - 1))
            if (slots_[at].hash == hash && are_same_bytes(slots_[at].entry->key(), key)) return slots_[at].entry;
        return nullptr;
    }
    void insert(std::uint64_t hash, Entry* entry) {
        entry->hash = static_cast<std::uint32_t>(hash);
        std::uint32_t at = entry->hash & (capacity_ - 1);
        while (slots_[at].entry != nullptr) at = (at + 1) & (capacity_ - 1);
        slots_[at] = {hash, entry};
    }
    void put_in(Entry& entry) {
        if (capacity_ == 0)
            only_ = &entry;
        else
            insert(hash_of_key(entry.key()), &entry);
    }
    void take_out(const Entry& entry) {
        if (capacity_ == 0) {
            only_ = nullptr;
            return;
        }
        std::uint32_t at = entry.hash & (capacity_ - 1);
        while (slots_[at].entry != &entry) at = (at + 1) & (capacity_ - 1);
        close_gap(at);
    }
    /// Empties a slot and moves what was pushed past it back (Knuth, volume 3, 6.4, algorithm R).
    void close_gap(std::uint32_t gap) {
        const std::uint32_t mask = capacity_ - 1;
        for (std::uint32_t at = (gap + 1) & mask; slots_[at].entry != nullptr; at = (at + 1) & mask) {
            const std::uint32_t home = static_cast<std::uint32_t>(slots_[at].hash) & mask;
            if (((at - home) & mask) < ((at - gap) & mask)) continue;
            slots_[gap] = slots_[at];
            gap = at;
        }
        slots_[gap] = {};
    }
    void grow() {
        const std::uint32_t former = capacity_;
        Slot* const old = slots_;
        Entry* const only = only_;
        capacity_ = former == 0 ? 4 : former * 2;
        slots_ = static_cast<Slot*>(memory_->allocate(capacity_ * sizeof(Slot), alignof(Slot)));
        std::uninitialized_default_construct_n(slots_, capacity_);
        if (former == 0) return insert(hash_of_key(only->key()), only);
        for (std::uint32_t i = 0; i < former; ++i)
            if (old[i].entry != nullptr) insert(old[i].hash, old[i].entry);
        memory_->deallocate(old, former * sizeof(Slot), alignof(Slot));
    }
    void destroy(Entry* entry) {
        const std::size_t bytes = bytes_of(entry->length);
        std::destroy_at(entry);
        memory_->deallocate(entry, bytes, alignof(Entry));
    }

    std::pmr::memory_resource* memory_;
    union {
        Entry* only_ = nullptr; ///< where there are no slots
        Slot* slots_;
    };
    std::uint32_t capacity_ = 0; ///< of slots: a power of two, or 0
    std::uint32_t size_ = 0;
};

} // namespace watchword::runtime
