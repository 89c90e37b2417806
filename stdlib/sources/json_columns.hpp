// A foreign JSON object as the columns of a source plan. A record that has the shape of one before is not taken apart
// but compared with it; of objects into which columns look, a shape has the members one by one.
#pragma once

#include "stdlib/sources/columns.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/known_shapes.hpp"
#include "stdlib/sources/telltale.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watchword::stdlib {

/// JSON Lines; a column's header is a key or a dotted path. A key that is the whole path goes before a nested one.
class JsonColumns : public Columns {
public:
    JsonColumns(const runtime::Program& program, const runtime::SourcePlan& plan, const std::string& file,
                Ledger& ledger);
    std::size_t extent(std::string_view bytes, bool all) const { return line_extent(bytes, all); }
    static bool is_line() { return true; }
    static constexpr bool is_by_lines = true;
    /// As of CsvColumns.
    ReadResult read(const Record& record, Arena& arena);
    /// Records in which this column is another are likely to be of other shapes. Before anything is read.
    void tell_apart_by(std::uint32_t column) { apart_by_ = column; }
    void ask(const std::vector<std::uint32_t>& columns);
    /// The column alone, of a record that is, up to there, as one before; what comes behind it is not looked at. False:
    /// it is to be read. There is no record in hand after that.
    bool read_early(const Record& record, std::uint32_t column, Arena& arena, runtime::Value& value);
    /// Hash of the whole record that was read last, whatever the order of its parts.
    std::uint64_t content(Arena& arena);
    /// Whether the record read last had the shape of one before.
    bool is_known() const { return meaning_ != nullptr; }
    /// Any record may have any member.
    static bool may_have(std::uint32_t) { return true; }

private:
    struct Use {
        std::uint32_t column = 0;
        std::uint32_t rank = 0; ///< of the alternatives the one named first goes before
    };
    struct Found {
        JsonToken token;
        std::uint32_t rank = 0;
        bool present = false;
    };
    /// A member of the record, or of an object in it that columns look into.
    struct Leaf {
        std::string path;
        JsonToken token;
        std::uint32_t depth = 0;
    };
    /// What the members of one shape are.
    struct Meaning {
        /// Per column the members that may be it, that which goes before the others first: from `begins`[column] to
        /// before `begins`[column + 1].
        std::vector<std::uint32_t> members, begins;
        std::vector<std::uint64_t> key_hashes; ///< empty: some members are parts of others
    };
    bool read_known(const Record& record);
    bool read_anew(std::string_view text, Arena& arena);
    bool look_into(const std::vector<JsonToken>& members, const std::string& prefix, std::uint32_t depth, Arena& arena);
    std::size_t list_of(const Record& record);
    void learn(const Record& record);
    bool take_apart(const std::vector<JsonToken>& members, const std::string& prefix, std::uint32_t depth,
                    std::vector<Leaf>& leaves);
    Meaning meaning_of(const std::vector<Leaf>& leaves) const;
    JsonToken token_of(const Span& span) const;
    /// False: the record has none, or null.
    bool find(std::uint32_t column, JsonToken& token) const;
    bool value_of(const JsonToken& token, runtime::Type type, Arena& arena, runtime::Value& value);
    bool read_member(std::uint32_t column);
    ReadResult reject(const Record& record, std::string_view reason);

    const std::string& file_;
    Ledger& ledger_;
    Reader reader_;
    JsonScanner scanner_;
    std::unordered_map<std::string, std::vector<Use>> paths_;
    std::unordered_map<std::string, bool> prefixes_; ///< of dotted paths, without the last part
    std::optional<std::uint32_t> apart_by_;
    Telltale apart_place_; ///< where that column is
    /// Of records that seem to be alike in that column; the last: of those that seem not to have it.
    std::vector<MeantShapes<Meaning>> shapes_;
    // the record read last
    std::string_view record_;
    const Meaning* meaning_ = nullptr; ///< of its shape, with `spans_`; nullptr: it is in `found_` and `members_`
    std::vector<Span> spans_;
    std::vector<Found> found_; ///< per column
    std::vector<JsonToken> members_;
};

} // namespace watchword::stdlib
