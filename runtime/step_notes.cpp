#include "runtime/step_notes.hpp"

#include "runtime/guard.hpp"
#include "runtime/snapshot.hpp"

#include <algorithm>
#include <cstring>

namespace watchword::runtime {

StepNoteShape::StepNoteShape(const Program& program, const StepPlan& step, const std::vector<Type>& key)
    : step_(&step), key_(&key) {
    for (const StepInput& input : step.inputs) {
        const std::size_t parts = std::min(key.size(), input.by.size());
        InKey& in_key = inputs_.emplace_back();
        for (const Observation& observation : input.observations) {
            const std::int32_t slot = field_alone(program, observation.code);
            std::uint32_t& found = in_key.emplace_back(not_in_key);
            for (std::uint32_t part = 0; slot != no_slot && part < parts; ++part)
                if (key[part] == observation.type && field_alone(program, input.by[part]) == slot) found = part;
        }
    }
}

void StepNoteShape::put(KeyBuffer& note, std::uint32_t input, Interpreter& interpreter, const Frame& frame) const {
    if (inputs_.size() > 1) put_number(note, input);
    const std::vector<Observation>& observations = step_->inputs[input].observations;
    for (std::size_t i = 0; i < observations.size(); ++i)
        if (inputs_[input][i] == not_in_key)
            put_value(note, interpreter.run(observations[i].code, frame), observations[i].type);
}

void StepNoteShape::tell(std::uint32_t step, std::string_view note, std::string_view key, Bytes& out) const {
    const std::uint64_t input = inputs_.size() > 1 ? take_number(note) : 0;
    const std::vector<Observation>& observations = step_->inputs[input].observations;
    if (observations.empty()) return;
    put_number(out, step + 1);
    put_number(out, input);
    for (std::size_t i = 0; i < observations.size(); ++i) {
        const std::uint32_t part = inputs_[input][i];
        if (part == not_in_key) {
            out += take_bytes(note, observations[i].type);
            continue;
        }
        std::string_view rest = key;
        for (std::uint32_t before = 0; before < part; ++before) take_bytes(rest, (*key_)[before]);
        out += take_bytes(rest, (*key_)[part]);
    }
}

void StepNoteShape::load(SnapshotReader in, KeyBuffer& note) const {
    const std::uint32_t input = inputs_.size() > 1 ? in.index(inputs_.size()) : 0;
    if (!in.ok()) return;
    if (inputs_.size() > 1) put_number(note, input);
    const std::vector<Observation>& observations = step_->inputs[input].observations;
    Bytes values;
    for (std::size_t i = 0; i < observations.size(); ++i)
        if (inputs_[input][i] == not_in_key) in.value(observations[i].type, values);
    note.append(values);
    in.expect(in.over(), "a step has seen more than it can");
}

void StepNotes::add_slowly(std::string_view id, std::string_view note, std::pmr::memory_resource* memory) {
    KeyBuffer both;
    for (const std::string_view text : {id, note}) {
        put_number(both, text.size());
        if (!text.empty()) both.append(text); // else its data() may be nullptr
    }
    const std::string_view added = both.bytes();
    if (size_ + added.size() > capacity_) {
        const auto larger = static_cast<std::uint32_t>(std::max<std::size_t>(size_ + added.size(), 2 * capacity_));
        auto* const bytes = static_cast<char*>(memory->allocate(larger, 1));
        std::memcpy(bytes, this->bytes(), size_);
        if (capacity_ != here) memory->deallocate(far_, capacity_, 1);
        far_ = bytes;
        capacity_ = larger;
    }
    std::memcpy(bytes() + size_, added.data(), added.size());
    size_ += static_cast<std::uint32_t>(added.size());
}

} // namespace watchword::runtime
