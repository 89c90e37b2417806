#include "runtime/guard_index.hpp"

#include "runtime/kept_values.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr std::ptrdiff_t few = 32; // candidates, for which sorting is faster than merging with a buffer

/// Larger: it lets fewer events pass, as far as one can tell. A search costs more than a look at a value.
int selectivity(const Guard& guard) {
    if (guard.kind == Kind::boolean) return 0;
    if (guard.kind == Kind::enumeration) return 1;
    return guard.by == GuardKind::patterns ? 2 : 3;
}

/// The guards that every input has, with the alternatives of all inputs; the best first.
std::vector<Guard> common_guards(const std::vector<std::vector<Guard>>& inputs) {
    std::vector<Guard> result;
    if (inputs.empty()) return result;
    for (const Guard& first : inputs.front()) {
        Guard whole = first;
        bool everywhere = true;
        if (inputs.size() > 1) whole.is_whole = false;
        for (std::size_t i = 1; i < inputs.size() && everywhere; ++i) {
            const auto same = std::find_if(inputs[i].begin(), inputs[i].end(),
                                           [&](const Guard& guard) { return guard.is_like(first); });
            everywhere = same != inputs[i].end();
            if (!everywhere) continue;
            whole.add(*same);
        }
        if (everywhere) result.push_back(std::move(whole));
    }
    std::stable_sort(result.begin(), result.end(), [](const Guard& left, const Guard& right) {
        return std::pair(-selectivity(left), left.alternatives()) <
               std::pair(-selectivity(right), right.alternatives());
    });
    return result;
}

void sort_once(std::vector<Candidate>& candidates) {
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
}

} // namespace

std::uint64_t ConstantFilter::hash(std::string_view text) {
    const auto eight = [&](std::size_t at) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        return bytes;
    };
    const std::size_t size = text.size();
    std::uint64_t first = 0, middle = 0, last = 0;
    if (size >= sizeof first) { // what tells names apart stands at either end, or between a prefix and a suffix
        first = eight(0);
        middle = eight((size - sizeof first) / 2);
        last = eight(size - sizeof first);
    } else {
        for (const char byte : text) first = first << 8 | static_cast<unsigned char>(byte);
    }
    return (first * 0x9e37'79b9'7f4a'7c15 ^ (middle * 0xc2b2'ae3d'27d4'eb4f) ^ (last + size)) * 0xff51'afd7'ed55'8ccd;
}

void ConstantFilter::finish() {
    constexpr std::size_t bits_each = 32, least = 64 * 8, most = std::size_t{1} << 20;
    const std::size_t bits = std::bit_ceil(std::clamp(hashes_.size() * bits_each, least, most));
    bits_.assign(bits / 64, 0);
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(bits));
    for (const std::uint64_t hash : hashes_) bits_[hash >> shift_ >> 6] |= std::uint64_t{1} << (hash >> shift_ & 63);
    hashes_ = {};
}

std::size_t GuardIndex::TextHash::operator()(std::string_view text) const noexcept { return hash_of(text); }

GuardIndex::Field& GuardIndex::field(TypeIndex& type, const Guard& guard) {
    for (Field& known : type.fields)
        if (known.slot == guard.slot && known.folded == guard.folded) return known;
    Field& added = type.fields.emplace_back();
    added.slot = guard.slot;
    added.textual = is_textual(guard.kind);
    added.folded = guard.folded;
    return added;
}

GuardIndex::Searched& GuardIndex::searched(TypeIndex& type, const Guard& guard) {
    for (Searched& known : type.searched)
        if (known.slot == guard.slot && known.folded == guard.folded) return known;
    Searched& added = type.searched.emplace_back();
    added.slot = guard.slot;
    added.folded = guard.folded;
    return added;
}

void GuardIndex::add(std::uint32_t type, Candidate candidate, const std::vector<std::vector<Guard>>& inputs) {
    std::vector<Guard> guards = common_guards(inputs);
    if (guards.empty())
        types_[type].unguarded.push_back(candidate);
    else
        types_[type].waiting.push_back({candidate, std::move(guards)});
}

void GuardIndex::enter(TypeIndex& type, Candidate candidate, const Guard& guard) {
    candidate.is_certain |= guard.is_whole && guard.by == GuardKind::constants;
    if (guard.by == GuardKind::patterns) {
        Searched& into = searched(type, guard);
        into.all.push_back(candidate);
        for (const std::string& pattern : guard.patterns) {
            const std::size_t number = into.patterns.add(pattern);
            if (into.by_pattern.size() <= number) into.by_pattern.resize(number + 1);
            into.by_pattern[number].push_back(candidate);
        }
        return;
    }
    Field& field = GuardIndex::field(type, guard);
    for (const std::string_view text : guard.texts) field.texts[text].push_back(candidate);
    for (const std::int64_t value : guard.integers) {
        if (value < 0 || value >= most_small) {
            field.integers[value].push_back(candidate);
            continue;
        }
        const auto index = static_cast<std::size_t>(value);
        if (field.small.size() <= index) field.small.resize(index + 1);
        field.small[index].push_back(candidate);
    }
}

namespace {

/// How many candidates demand the same constant of a field: where all of them demand it, it tells none from another.
class Crowds {
public:
    void add(const Guard& guard) {
        for (const std::int64_t value : guard.integers) ++by_number_[{guard.slot, value}];
        for (const std::string_view text : guard.texts) ++by_text_[{guard.slot, text}];
    }
    /// Of the constant of the guard that most demand.
    std::size_t largest(const Guard& guard) const {
        std::size_t result = 0;
        for (const std::int64_t value : guard.integers) result = std::max(result, by_number_.at({guard.slot, value}));
        for (const std::string_view text : guard.texts) result = std::max(result, by_text_.at({guard.slot, text}));
        return result;
    }

private:
    std::map<std::pair<std::uint32_t, std::int64_t>, std::size_t> by_number_;
    std::map<std::pair<std::uint32_t, std::string_view>, std::size_t> by_text_;
};

} // namespace

/// Each candidate where its best guard says: of those that let as many events pass, as far as one can tell, the one
/// whose constants it shares with the fewest. Few patterns are not worth a pass of their own.
void GuardIndex::place(TypeIndex& type) const {
    std::map<std::pair<std::uint32_t, bool>, std::size_t> patterns;
    Crowds crowds;
    for (const Waiting& one : type.waiting) {
        for (const Guard& guard : one.guards) crowds.add(guard);
        if (one.guards.front().by == GuardKind::patterns)
            patterns[{one.guards.front().slot, one.guards.front().folded}] += one.guards.front().patterns.size();
    }
    for (const Waiting& one : type.waiting) {
        const Guard* best = nullptr;
        for (const Guard& guard : one.guards) {
            if (guard.by == GuardKind::patterns && patterns[{guard.slot, guard.folded}] < least_patterns_) continue;
            if (best == nullptr ||
                (selectivity(guard) == selectivity(*best) && crowds.largest(guard) < crowds.largest(*best)))
                best = &guard;
        }
        if (best == nullptr)
            type.unguarded.push_back(one.candidate);
        else
            enter(type, one.candidate, *best);
    }
    type.waiting = {};
}

void GuardIndex::finish() {
    for (TypeIndex& type : types_) {
        place(type);
        for (Searched& searched : type.searched) {
            sort_once(searched.all);
            for (Candidates& candidates : searched.by_pattern) sort_once(candidates);
            if (searched.patterns.compile()) continue;
            type.unguarded.insert(type.unguarded.end(), searched.all.begin(), searched.all.end());
            searched.all.clear();
        }
        std::erase_if(type.searched, [](const Searched& searched) { return searched.all.empty(); });
        sort_once(type.unguarded);
        for (Field& field : type.fields) {
            for (Candidates& candidates : field.small) sort_once(candidates);
            for (auto entry = field.integers.begin(); entry != field.integers.end(); ++entry) sort_once(entry.value());
            for (auto entry = field.texts.begin(); entry != field.texts.end(); ++entry) sort_once(entry.value());
        }
        make_ready(type);
    }
}

void GuardIndex::make_ready(TypeIndex& type) {
    if (!type.searched.empty()) return;
    const Field* deciding = nullptr;
    for (Field& field : type.fields) {
        if (field.is_probed()) {
            for (const auto& [text, candidates] : field.texts) field.constants.add(text);
            for (const auto& [number, candidates] : field.integers) field.constants.add(number);
            for (std::size_t number = 0; number < field.small.size(); ++number)
                if (!field.small[number].empty()) field.constants.add(static_cast<std::int64_t>(number));
            field.constants.finish();
            type.ready.is_probed = true;
        } else if (std::exchange(deciding, &field) != nullptr) {
            return;
        }
    }
    type.ready.is_ready = true;
    type.ready.first = static_cast<std::uint32_t>(lists_.size());
    lists_.push_back(type.unguarded);
    if (deciding == nullptr) return;
    const Field& field = *deciding;
    type.ready.has_field = true;
    type.ready.slot = field.slot;
    type.ready.values = static_cast<std::uint32_t>(field.small.size());
    for (const Candidates& guarded : field.small) {
        Candidates& all = lists_.emplace_back(type.unguarded);
        all.insert(all.end(), guarded.begin(), guarded.end());
        sort_once(all);
    }
}

const std::vector<Candidate>* GuardIndex::Field::find(const Value& value) const {
    if (textual) {
        const std::string_view text = value.text();
        const auto found = folded && !is_folded_ascii(text) ? texts.find(fold(text)) : texts.find(text);
        return found == texts.end() ? nullptr : &found->second;
    }
    if (value.integer >= 0 && value.integer < most_small) {
        const auto index = static_cast<std::size_t>(value.integer);
        return index < small.size() ? &small[index] : nullptr;
    }
    if (integers.empty()) return nullptr;
    const auto found = integers.find(value.integer);
    return found == integers.end() ? nullptr : &found->second;
}

/// Leaves in `found_` the candidates of the patterns that are in the value; all of them if that cannot be told.
void GuardIndex::search(const Searched& searched, const Value& value) const {
    found_.clear();
    const std::string_view text = value.text();
    const bool told = searched.folded && !is_folded_ascii(text) ? searched.patterns.find(fold(text), numbers_)
                                                                : searched.patterns.find(text, numbers_);
    if (!told) {
        found_ = searched.all;
        return;
    }
    for (const int number : numbers_) {
        const Candidates& candidates = searched.by_pattern[static_cast<std::size_t>(number)];
        found_.insert(found_.end(), candidates.begin(), candidates.end());
    }
    if (numbers_.size() > 1) sort_once(found_);
}

/// Adds what is in order to what is in order from `first` on.
void GuardIndex::merge(const Candidates& found, std::ptrdiff_t first, std::vector<Candidate>& candidates) {
    if (found.empty()) return;
    const auto begin = candidates.begin() + first;
    const bool in_order = begin == candidates.end() || candidates.back() < found.front();
    const auto middle = candidates.end() - begin;
    for (const Candidate& candidate : found) candidates.push_back(candidate);
    if (in_order) return;
    if (candidates.end() - (candidates.begin() + first) <= few)
        std::sort(candidates.begin() + first, candidates.end());
    else
        std::inplace_merge(candidates.begin() + first, candidates.begin() + first + middle, candidates.end());
}

std::span<const Candidate> GuardIndex::find_in_place(std::uint32_t type, const Value* fields,
                                                     std::vector<Candidate>& room) const {
    const TypeIndex& index = types_[type];
    if (index.unguarded.empty() && index.searched.empty() && index.fields.size() == 1) {
        const Candidates* const found = index.fields.front().find(fields[index.fields.front().slot]);
        return found == nullptr ? std::span<const Candidate>{} : std::span<const Candidate>{*found};
    }
    room.clear();
    find(type, fields, room);
    return room;
}

void GuardIndex::find(std::uint32_t type, const Value* fields, std::vector<Candidate>& candidates) const {
    const TypeIndex& index = types_[type];
    const auto first = static_cast<std::ptrdiff_t>(candidates.size());
    for (const Candidate& candidate : index.unguarded) candidates.push_back(candidate);
    for (const Field& field : index.fields)
        if (const Candidates* const found = field.find(fields[field.slot])) merge(*found, first, candidates);
    for (const Searched& searched : index.searched) {
        if (!fields[searched.slot].present()) continue;
        search(searched, fields[searched.slot]);
        merge(found_, first, candidates);
    }
}

} // namespace watchword::runtime
