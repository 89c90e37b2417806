// Events from lines of known shapes: the fast way, which decodes what it is sure of and leaves everything else, and all
// that is wrong, to the general one. Knows nothing of files.
#pragma once

#include "stdlib/sources/closed_line.hpp"
#include "stdlib/sources/json_value.hpp"
#include "stdlib/sources/known_shapes.hpp"
#include "stdlib/sources/source.hpp"
#include "stdlib/sources/telltale.hpp"
#include "stdlib/sources/told.hpp"

#include <tsl/robin_map.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

class ShapedDecoder {
public:
    /// Records of times that `latest` does not allow are unknown to it; nullptr: it allows all.
    ShapedDecoder(const runtime::Program& program, JsonScanner& scanner, JsonValues& values, const LatestTime* latest);
    ~ShapedDecoder();

    /// As Glance::tell says.
    void tell(std::string_view bytes, const Reach& reach, Arena& arena, Told& told);
    /// The length, with its end of line, of the record with which `bytes` begin, if that begins with a type that nobody
    /// reads, goes on with its time, and is a closed line; else 0. It depends on the line alone, not on what was seen
    /// before or stands behind.
    std::size_t unread_length(std::string_view bytes, runtime::Time& time);
    /// The time of the record with which `bytes` begin, if it begins with its type and its time or, so far, as one
    /// before; if it is sound `decode` and the general decoder find the same.
    std::optional<runtime::Time> time_of(std::string_view bytes);
    /// A line as the general decoder took it apart; for next time.
    void learn(std::string_view line, const std::vector<JsonToken>& members);

private:
    struct Need;
    struct Plan;
    struct Meaning;
    using Shapes = MeantShapes<Meaning>;
    enum class Outcome : std::uint8_t { event, unused, unknown }; ///< unknown: ask the general decoder

    /// An event type as records name it; all others are one more.
    struct Named {
        std::uint32_t type = UINT32_MAX;
        std::uint32_t length = 0; ///< of its name
        bool is_unread = false;   ///< nobody reads its events
        Shapes* shapes = nullptr; ///< of lines that seem to be of it
    };

    std::uint32_t type_of(std::string_view name) const;
    Named named(std::uint32_t type);
    const Named& first_type(std::string_view bytes);
    const Named& guess_type(std::string_view bytes, std::size_t& at);
    const Named& type_named(std::string_view bytes);
    const Named& look_up_type(std::string_view bytes);
    bool read_next_time(std::string_view bytes, std::size_t name_size, runtime::Time& time);
    std::size_t unread_length(const Named& type, std::string_view bytes, runtime::Time& time);
    std::vector<bool> wanted(const Meaning& meaning) const;
    const Plan& plan_for(Meaning& meaning, std::uint32_t type);
    const Plan& make_plan(Meaning& meaning, std::uint32_t type);
    bool read_time(const Meaning& meaning, const char* record, Arena& arena, runtime::Time& time);
    Outcome decode(std::string_view bytes, Arena& arena, Produced& produced, std::size_t& length);
    Outcome decode_as(std::uint32_t type, Meaning& meaning, const char* record, Arena& arena, Produced& produced);
    bool fill(const Plan& plan, const char* record, Arena& arena, Produced& produced);
    bool value_of(const Span& span, const char* record, const Need& need, Arena& arena, runtime::Value& value);
    bool settle_absent(const runtime::EventSchema& schema, runtime::Value* values, runtime::Value& subject);
    std::uint64_t content_of(const Meaning& meaning, const char* record, Arena& arena);

    const runtime::Program& program_;
    JsonScanner& scanner_;
    JsonValues& values_;
    const LatestTime* const latest_;
    bool allows(runtime::Time time) const { return latest_ == nullptr || latest_->allows(time); }
    const ClosedLine closed_line_ = closed_line_for();
    std::vector<Shapes> shapes_; ///< by event type; the last: of all others
    Named other_;                ///< none of them
    Telltale type_place_;
    /// Types that records named lately, by a hash of the first bytes. What is asked first of a record lies side by
    /// side: whether anybody reads it could mostly not be foreseen.
    struct alignas(64) Begin {
        std::array<std::uint64_t, 2> bytes{};
        Named named; ///< with its shapes, if it is a type
    };
    std::array<Begin, 256> begins_;
    tsl::robin_map<std::string_view, std::uint32_t> types_; ///< of events, by name
    std::vector<Span> spans_;
};

} // namespace watchword::stdlib
