// What the filled steps of a match leave behind for explanations: of each the event's id and a note, as bytes. So long
// as these are few they lie in place. A note holds the observed values but those that the match's key says too: which
// host it was need not be kept with each step of a sequence `by host`.
#pragma once

#include "runtime/interpreter.hpp"
#include "runtime/kept_values.hpp"

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <utility>

namespace watchword::runtime {

class SnapshotReader;

/// How the note of a step is written, and read again.
class StepNoteShape {
public:
    /// `key`: the types of the sequence's key. The plan must outlive it.
    StepNoteShape(const Program& program, const StepPlan& step, const std::vector<Type>& key);

    /// Appends what is to be kept of an occurrence that `input` of the step has heard.
    void put(KeyBuffer& note, std::uint32_t input, Interpreter& interpreter, const Frame& frame) const;
    /// Appends the observed values as put_observed writes them. `step`: index in SequencePlan::steps.
    void tell(std::uint32_t step, std::string_view note, std::string_view key, Bytes& out) const;
    /// Appends the bytes of a note that was saved as they are.
    void load(SnapshotReader in, KeyBuffer& note) const;

private:
    /// For each observation of an input: which value of the key it is, or `not_in_key`.
    using InKey = std::vector<std::uint32_t>;
    static constexpr std::uint32_t not_in_key = UINT32_MAX;
    const StepPlan* step_;
    const std::vector<Type>* key_;
    std::vector<InKey> inputs_; ///< where there are several a note begins with the number of one
};

/// Owns its bytes, but whoever holds it releases them, and gives the same memory each time.
class StepNotes {
public:
    void add(std::string_view id, std::string_view note, std::pmr::memory_resource* memory) {
        const std::size_t length = id.size() + note.size() + 2;
        if (id.size() >= numbers_of_one_byte || note.size() >= numbers_of_one_byte || size_ + length > capacity_)
            return add_slowly(id, note, memory);
        char* next = bytes() + size_;
        *next++ = static_cast<char>(id.size());
        next = std::copy_n(id.data(), id.size(), next);
        *next++ = static_cast<char>(note.size());
        std::copy_n(note.data(), note.size(), next);
        size_ += static_cast<std::uint32_t>(length);
    }
    /// Calls `visit(id, note)`, both std::string_view, for each step in the order they were added.
    template <class Visit>
    void for_each(Visit visit) const {
        std::string_view in{bytes(), size_};
        const auto next = [&] {
            const std::size_t length = take_number(in);
            const std::string_view text = in.substr(0, length);
            in.remove_prefix(length);
            return text;
        };
        while (!in.empty()) {
            const std::string_view id = next();
            visit(id, next());
        }
    }
    /// Keeps its room.
    void clear() { size_ = 0; }
    void release(std::pmr::memory_resource* memory) {
        if (capacity_ != here) memory->deallocate(far_, capacity_, 1);
        capacity_ = here;
        size_ = 0;
    }

private:
    static constexpr std::uint32_t here = 32;
    const char* bytes() const { return capacity_ == here ? near_ : far_; }
    char* bytes() { return capacity_ == here ? near_ : far_; }
    void add_slowly(std::string_view id, std::string_view note, std::pmr::memory_resource* memory);

    std::uint32_t size_ = 0, capacity_ = here; ///< `here`: they lie in place
    union {
        char near_[here];
        char* far_;
    };
};

} // namespace watchword::runtime
