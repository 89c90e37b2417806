// A foreign record as the columns of a source plan, and how a row of CSV is one (json_columns.hpp: a JSON object).
// Knows nothing of emits or events.
#pragma once

#include "runtime/program.hpp"
#include "stdlib/sources/csv.hpp"
#include "stdlib/sources/plain_row.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/source.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

/// What the record in hand says about the columns, each of which is read when it is first asked for.
class Columns {
public:
    /// How a column fared in the records that were counted.
    struct Tally {
        std::uint64_t asked = 0;      ///< records that it was asked of
        std::uint64_t absent = 0;     ///< of these, where there was nothing
        std::uint64_t unreadable = 0; ///< where there was something else than what the column is
        // of the first unreadable one, which need not have been read first; the greatest number: there is none
        std::uint64_t first_line = UINT64_MAX;
        std::size_t first_offset = SIZE_MAX; ///< in the file, of those whose line was not known
        bool is_repeated = false;            ///< some record, counted or not, had it more than once
    };
    const std::vector<Tally>& tallies() const { return tallies_; }
    /// Counts the record read last with all that was asked of it, once. `offset`: in the file, if its line is not
    /// known.
    void count_record(std::size_t offset = SIZE_MAX);
    /// What others of the same source have counted.
    void add(const std::vector<Tally>& others);
    static std::string name_of(const runtime::ColumnPlan& column);
    /// Per column; absent where it was not asked for, and optional ones that do not parse. Until the next record is
    /// read.
    const runtime::Value* values() const { return values_.data(); }

protected:
    explicit Columns(const runtime::SourcePlan& plan);
    static Reader reader_for(const runtime::Program& program, const runtime::SourcePlan& plan);
    /// What is wrong with a required column that has no value.
    static std::string complaint(const runtime::ColumnPlan& column, bool was_there);
    /// The record in hand has the column more than once.
    void note_repeated(std::uint32_t column) { tallies_[column].is_repeated = true; }
    /// Of the record in hand nothing more is counted.
    void let_go() { is_counted_ = true; }
    /// Of a new record.
    void begin(const Record& record, Arena& arena);
    /// A column that was read now.
    void note_read(std::uint32_t column, bool was_there, bool is_read) {
        asks_[column] = !was_there ? Ask::absent : is_read ? Ask::read : Ask::unreadable;
    }
    /// False: somebody has asked for the column before.
    bool note_asked(std::uint32_t column) {
        if (asks_[column] != Ask::none) return false;
        asks_[column] = Ask::read;
        asked_.push_back(column);
        return true;
    }

    const runtime::SourcePlan& plan_;
    std::vector<std::uint32_t> required_; ///< columns
    std::vector<runtime::Value> values_;
    /// What came of asking for a column of the record in hand.
    enum class Ask : std::uint8_t { none, read, absent, unreadable };
    std::vector<Ask> asks_;            ///< per column
    std::vector<std::uint32_t> asked_; ///< those that are not none
    Arena* arena_ = nullptr;

private:
    std::vector<Tally> tallies_; ///< by column
    std::uint64_t line_ = 0;     ///< of the record in hand
    bool is_counted_ = true;
};

enum class ReadResult : std::uint8_t { fine, nothing, rejected }; ///< nothing: a header or an empty line

/// CSV rows. The first row is the header unless the plan names the columns.
class CsvColumns : public Columns {
public:
    CsvColumns(const runtime::Program& program, const runtime::SourcePlan& plan, const std::string& file,
               Ledger& ledger);
    std::size_t extent(std::string_view bytes, bool all);
    bool is_line() const { return !next_.text().empty(); }
    static constexpr bool is_by_lines = false; ///< a row may go on in the next one
    /// `arena` is for values until the next one is read. A required column that cannot be read is reported.
    ReadResult read(const Record& record, Arena& arena);
    void ask(const std::vector<std::uint32_t>& columns);
    /// Hash of the whole record that was read last, whatever the order of its parts.
    std::uint64_t content(Arena& arena) const;
    /// False: the header does not name it.
    bool may_have(std::uint32_t column) const { return column >= places_.size() || places_[column] >= 0; }
    /// All rows are alike.
    static void tell_apart_by(std::uint32_t) {}
    static bool read_early(const Record&, std::uint32_t, Arena&, runtime::Value&) { return false; }

private:
    bool split(const Record& record, Arena& arena, std::string_view& wrong);
    // cells of the record read last
    std::size_t cells() const { return is_plain_ ? plain_.cells() : cells_.size(); }
    std::string_view cell(std::size_t index) const { return is_plain_ ? plain_.cell(index) : cells_[index]; }
    /// False: there is nothing, or it is no such value.
    bool read_cell(std::uint32_t column);
    bool repeats_header() const;
    bool has_cell(std::uint32_t column) const;
    /// Empty: there is nothing.
    std::string_view cell_of(std::uint32_t column) const;
    void take_header(const Record& record, Arena& arena);
    void match_header(std::string_view problem);
    ReadResult reject(const Record& record, std::string_view reason);

    const std::string& file_;
    Ledger& ledger_;
    Reader reader_;
    char delimiter_;
    PlainRow next_;         ///< the row whose extent was asked for last
    PlainRow plain_;        ///< the record read last,
    bool is_plain_ = false; ///< if it is one; else `cells_` has its cells
    std::vector<std::string> header_;
    std::uint64_t header_line_ = 0;    ///< 0: none was seen
    std::vector<std::int64_t> places_; ///< per column: its cell, or -1
    std::vector<std::uint64_t> seeds_; ///< per header
    std::vector<std::string_view> cells_;
};

} // namespace watchword::stdlib
