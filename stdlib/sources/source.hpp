// How one format's bytes become events: where records end, when they happened, what they say. A source knows its format
// and the program's schemas; it knows neither files nor order.
#pragma once

#include "stdlib/sources/arena.hpp"
#include "stdlib/sources/input.hpp"
#include "stdlib/sources/latest_time.hpp"
#include "stdlib/sources/ledger.hpp"
#include "stdlib/sources/told.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

inline constexpr std::string_view no_type = "`type` is missing"; ///< why a native record was rejected

struct Record {
    std::string_view text; ///< with its end of line, if it has one
    std::uint64_t line = 0;
    std::size_t readable = 0; ///< bytes behind it that may be read too
    std::string_view with_readable() const { return {text.data(), text.size() + readable}; }
};

/// One event that a record stands for.
struct Emission {
    runtime::Time time = 0;
    std::uint32_t emit = 0; ///< for the source itself
};

/// Decodes records with which nothing is wrong and that give at most one event each. Reports nothing. Of one thread.
class Glance {
public:
    virtual ~Glance() = default;
    /// What the first of the records come to, up to an event: into `told`, which is as it was made. It ends before the
    /// first that must be done step by step. What the event points to is in `bytes` and `arena`.
    virtual void tell(std::string_view bytes, const Reach& reach, Arena& arena, Told& told) = 0;
    /// A line that it could not tell; for next time.
    virtual void learn(std::string_view line) = 0;
    /// The time of a record, whether it is otherwise sound or an event or not; nullopt: it has none.
    virtual std::optional<runtime::Time> time_of(const Record& record) = 0;
};

class Source {
public:
    virtual ~Source() = default;
    /// Length of the first record of `bytes`, with its end of line. 0: it ends beyond `bytes`; never if these are `all`
    /// there is. Empty lines are records of which nothing comes.
    virtual std::size_t extent(std::string_view bytes, bool all) = 0;
    /// Whether that record is one line. False: it may be one all the same.
    virtual bool is_line() const = 0;
    /// Appends what comes of the record, and enters employees. What can already be said against it is reported.
    virtual void scan(const Record& record, std::vector<Emission>& emissions) = 0;
    /// The event of one emission; texts live as long as the record's text or in `arena`. False: rejected, reported.
    virtual bool produce(const Record& record, std::uint32_t emit, Arena& arena, Produced& produced) = 0;
    /// Every record gives at most one event, of emit 0, and `produce` alone is enough.
    virtual bool is_plain() const { return false; }
    /// What tells the same of most records as `scan` and `produce`, with less ado. nullptr: there is no such thing.
    virtual Glance* own_glance() { return nullptr; }
    /// Whether glances tell the time of each record, so that events are in order where these are.
    virtual bool tells_times() const { return false; }
    /// Another one that tells the same, for another thread, which ends before the source.
    virtual std::unique_ptr<Glance> glance() { return nullptr; }
    /// Notes what can only be told of all records so far. Call it at the end; `line_at` says on which line the record
    /// is that begins at some offset in the file.
    using LineAt = std::function<std::uint64_t(std::size_t)>;
    virtual void conclude(const LineAt& line_at) { static_cast<void>(line_at); }
};

/// How closely records are looked at, beyond what the program reads of them.
struct Scrutiny {
    bool unknown_fields = false; ///< counted, of JSON
    bool all_fields = false;     ///< those that no policy reads must be sound too, and records of types none reads
    const LatestTime* latest = nullptr; ///< records of later times are rejected; must outlive the source; nullptr: none

    bool allows(runtime::Time time) const { return latest == nullptr || latest->allows(time); }
};
/// Why a record that says a later time than it may is rejected.
inline constexpr std::string_view in_the_future = "`time` lies too far in the future";

/// Native JSON Lines. `file` is for reports. All must outlive the source.
std::unique_ptr<Source> make_native_source(const runtime::Program& program, const std::string& file, Ledger& ledger,
                                           Scrutiny scrutiny);
/// A `source` of the program: CSV or JSON Lines by its format.
std::unique_ptr<Source> make_mapped_source(const runtime::Program& program, const runtime::SourcePlan& plan,
                                           const std::string& file, Ledger& ledger, const Input::EnterEmployee& enter,
                                           Scrutiny scrutiny);

/// Of lines: up to and with the next `\n`.
std::size_t line_extent(std::string_view bytes, bool all);
/// Where the first line begins that begins in the piece of `bytes` from `begin` to before `end`; `end`: none does.
std::size_t first_line(std::string_view bytes, std::size_t begin, std::size_t end);

} // namespace watchword::stdlib
