// What a run came to, person by person: watches with their look-back, the score at all times, hits and alerts. For
// those whom alerts are about; of the others only how many there were, unless they are asked for. And the page that
// shows it.
#pragma once

#include "desk/stream.hpp"
#include "runtime/engine.hpp"
#include "stdlib/pseudonym.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace watchword::desk {

struct ReportWatch {
    runtime::Time from = 0;    ///< where look-back begins
    runtime::Time opened = 0;  ///< when it became active
    runtime::Time to = 0;      ///< when it ended, or the end of the events
    runtime::Time planned = 0; ///< when it would end by itself
    bool open = true;          ///< still so at the end of the events
};

struct ReportHit {
    std::string signal, title;
    runtime::HitRecord hit;
};

/// One policy's view of one person.
struct ReportCurve {
    std::uint32_t policy = 0;
    std::vector<ReportWatch> watches;
    std::vector<std::pair<runtime::Time, double>> points; ///< score, by time
    std::vector<ReportHit> hits;                          ///< those that alerts name, by time
    std::vector<std::pair<runtime::Time, double>> rises;  ///< of the score, by how much; hits that no alert names too
    std::vector<runtime::TriggerRecord> triggers;         ///< the same
};

struct ReportPerson {
    std::string id;                      ///< in clear
    std::optional<runtime::Level> level; ///< the highest of the alerts; nullopt: there is none
    double score = 0;                    ///< the highest of the alerts; without any, of what was reached at an event
    std::vector<runtime::Alert> alerts;  ///< in order
    std::vector<ReportCurve> curves;     ///< by policy
};

struct Report {
    std::vector<ReportPerson> people;  ///< by level, then score
    std::uint64_t people_left_out = 0; ///< who would be among them, but for the limit
    std::uint64_t with_alerts = 0;     ///< people
    std::uint64_t watched = 0;         ///< people who were watched
    std::uint64_t events = 0;
    std::uint64_t alerts = 0;
    runtime::Time first = runtime::never, last = runtime::beginning;
    bool limit = false; ///< the memory limit was hit
};

struct ReportOptions {
    runtime::EngineOptions engine;
    std::size_t most_people = 200;
    bool all_watched = false; ///< people who were watched without an alert too
};
Report make_report(const runtime::Program& program, const Stream& stream, const ReportOptions& options);

struct ReportNames {
    const runtime::Program& program;
    const Stream& stream;
    const stdlib::Pseudonyms& pseudonyms;
};
std::string report_page(const Report& report, const ReportNames& names);

} // namespace watchword::desk
