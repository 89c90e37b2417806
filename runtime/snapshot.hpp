// Snapshots: the state of an engine, or of one person in it, as bytes. Draws the format and owns its primitives; every
// state noun saves and loads itself in its own file, and the machine joins them (machine_snapshot.cpp).
//
//   snapshot   magic "WWSTATE\n" · version (1 byte) · kind (1 byte: E engine, P person, R run)
//              · program (16 bytes, `digest`) · body · checksum (8 bytes, XXH3-64 of all before, little-endian)
//   E body     clock · roster · across · statistics · size of the people's table, sweep
//              · number of rows, then for each: person, length, row
//   P body     clock · id · people named in the row: number, then (number here, account) each · roster entry
//              · length, row
//   row        sealed row, if there is one · risk levels armed · watches
//   sealed row per policy that looks back: since, missed until · next number · histories by span
//   watch      policy · flags · times · trigger values · trigger records · begun actions · score · signals
//
// Numbers are LEB128 (signed ones zigzag), reals 8 bytes, texts length and bytes, values as kept_values.hpp writes
// them. Timers are not in it: they follow from watches and waiting sequences. Maps are written in the order of their
// keys, so equal states have equal bytes. Anything that changes this drawing changes `snapshot_version`.
#pragma once

#include "runtime/kept_values.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::runtime {

inline constexpr std::uint8_t snapshot_version = 7;
/// A run's is an engine's with what its host adds (stdlib/run_state.hpp).
enum class SnapshotKind : char { engine = 'E', person = 'P', run = 'R', monitor = 'M' };

class SnapshotWriter {
public:
    void number(std::uint64_t value) { put_number(bytes_, value); }
    void signed_number(std::int64_t value) { put_signed(bytes_, value); }
    void flag(bool value) { bytes_.push_back(value ? 1 : 0); }
    void real(double value);
    void text(std::string_view value);
    /// Bytes that need no length: keys, whose types say where they end.
    void raw(std::string_view value) { bytes_.append(value); }
    void values(std::span<const Value> values, std::span<const Type> types);
    std::string_view bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

/// What a reader needs to know to believe a byte.
struct SnapshotContext {
    const Program& program;
    PersonId people = 0; ///< persons that values may name
    /// Of one person's snapshot: the engine's number for each number in it; of an engine's: nullptr, they are the same.
    const std::vector<std::pair<PersonId, PersonId>>* renumbered = nullptr; ///< sorted
    std::vector<PersonId>* named = nullptr;                                 ///< collects the persons that values name
    std::string error;                                                      ///< what was wrong first; empty: nothing
};

/// Reads what a writer wrote and trusts none of it: after the first fault every call returns nothing and the context
/// says what it was. Loops ask `ok()`.
class SnapshotReader {
public:
    SnapshotReader(std::string_view in, SnapshotContext& context) : in_(in), context_(&context) {}

    bool ok() const { return context_->error.empty(); }
    void fail(std::string_view what);
    /// Fails with `what` unless `condition`.
    bool expect(bool condition, std::string_view what);
    bool over() const { return in_.empty() || !ok(); }
    const Program& program() const { return context_->program; }
    SnapshotContext& context() { return *context_; }

    std::uint64_t number();
    std::int64_t signed_number();
    /// A number below `limit`.
    std::uint32_t index(std::size_t limit);
    /// Of things that take a byte each at least, so that no count asks for more memory than the bytes deserve.
    std::size_t count();
    bool flag();
    double real();
    double finite(double most); ///< from 0 to `most`
    Time time();                ///< far enough from the ends of 64 bits that spans can be added
    std::string_view text();
    PersonId person();
    /// Checks one value of the type and appends it, with persons renumbered.
    void value(Type type, Bytes& out);
    void values(std::span<const Type> types, KeptValues& into);
    /// The next text, to be read on its own.
    SnapshotReader nested() { return {text(), *context_}; }

private:
    std::string_view take(std::size_t length);
    PersonId renumber(std::uint64_t number);

    std::string_view in_;
    SnapshotContext* context_;
};

/// Body → snapshot.
std::string seal_snapshot(SnapshotKind kind, const Program& program, std::string_view body);
/// Snapshot → body; on failure `error` says why in one sentence.
std::string_view open_snapshot(std::string_view snapshot, SnapshotKind kind, const Program& program,
                               std::string& error);

} // namespace watchword::runtime
