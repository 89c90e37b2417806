// Lines and areas are SVG stretched to the width at hand; points and words lie over it as HTML, which keeps its size.
#include "desk/report_chart.hpp"

#include "desk/html.hpp"
#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::desk {

namespace {

using runtime::Alert;
using runtime::Time;

constexpr double width = 1000, height = 200;

std::string minute(Time time) {
    std::string text = runtime::show_time(time).substr(0, 16);
    std::replace(text.begin(), text.end(), 'T', ' ');
    return text;
}
std::string day(Time time) { return runtime::show_time(time).substr(0, 10); }

class Chart {
public:
    Chart(const ReportCurve& curve, const std::vector<Alert>& alerts, const runtime::Program& program,
          std::string_view title, const std::string& key)
        : curve_(curve), plan_(program.policies[curve.policy]), title_(title), key_(key) {
        for (const Alert& alert : alerts)
            if (alert.policy == curve.policy) alerts_.push_back(&alert);
        find_scale();
    }

    std::string run() {
        out_ +=
            fmt::format("<figure style=\"margin:0\"><div class=\"chart\">\n<svg viewBox=\"0 0 {:.0f} {:.0f}\" "
                        "preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"t-{}\" aria-describedby=\"d-{}\">"
                        "<title id=\"t-{}\">Score of {} over time</title><desc id=\"d-{}\">{}</desc>\n",
                        width, height, key_, key_, key_, escaped(title_), key_, escaped(in_words()));
        areas();
        levels();
        lines();
        out_ += "</svg>\n";
        labels();
        marks();
        out_ += "</div>\n";
        out_ += fmt::format(
            "<div class=\"axis\" aria-hidden=\"true\"><span>{}</span><span>{}</span><span>{}</span></div>\n",
            day(first_), day(first_ + (last_ - first_) / 2), day(last_));
        legend();
        table();
        out_ += "</figure>\n";
        return std::move(out_);
    }

private:
    void find_scale() {
        first_ = runtime::never;
        last_ = runtime::beginning;
        const auto cover = [&](Time time) {
            first_ = std::min(first_, time);
            last_ = std::max(last_, time);
        };
        for (const ReportWatch& watch : curve_.watches) {
            cover(watch.from);
            cover(watch.opened);
            cover(watch.to);
        }
        for (const ReportHit& hit : curve_.hits) cover(hit.hit.time);
        for (const Alert* alert : alerts_) cover(alert->time);
        for (const auto& [time, score] : curve_.points) {
            cover(time);
            top_ = std::max(top_, score);
        }
        for (const Alert* alert : alerts_) top_ = std::max(top_, alert->score);
        for (const runtime::AlertPlan& one : plan_.alerts)
            if (one.cause == runtime::AlertCause::level) top_ = std::max(top_, one.at);
        if (first_ > last_) first_ = last_ = 0;
        const Time margin = std::max<Time>((last_ - first_) / 60, runtime::one_second);
        first_ -= margin;
        last_ += margin;
        top_ = top_ <= 0 ? 1 : top_ * 1.12;
    }

    double x(Time time) const {
        return width * static_cast<double>(time - first_) / static_cast<double>(last_ - first_);
    }
    double y(double score) const { return height * (1 - score / top_); }
    double left(Time time) const { return x(time) / width * 100; }
    double from_top(double score) const { return y(score) / height * 100; }

    std::string in_words() const {
        std::string text;
        for (const ReportWatch& watch : curve_.watches) {
            text += fmt::format("Watched from {} to {}", minute(watch.opened), minute(watch.to));
            if (watch.from < watch.opened) text += fmt::format(", looking back to {}", minute(watch.from));
            text += ". ";
        }
        for (const Alert* alert : alerts_)
            text += fmt::format("{} alert on {} at score {}. ",
                                runtime::level_names[static_cast<std::size_t>(alert->level)], minute(alert->time),
                                runtime::show_score(alert->score));
        return text;
    }

    void areas() {
        const auto area = [&](Time from, Time to, std::string_view color) {
            out_ += fmt::format("<rect x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"{:.0f}\" fill=\"var({})\"/>",
                                x(from), std::max(x(to) - x(from), 1.0), height, color);
        };
        for (const ReportWatch& watch : curve_.watches) {
            if (watch.from < watch.opened) area(watch.from, watch.opened, "--past");
            area(watch.opened, watch.to, "--band");
        }
        out_ += "\n";
    }

    void levels() {
        for (const runtime::AlertPlan& one : plan_.alerts)
            if (one.cause == runtime::AlertCause::level)
                out_ += fmt::format("<line class=\"{0}\" x1=\"0\" x2=\"{1:.0f}\" y1=\"{2:.2f}\" y2=\"{2:.2f}\" "
                                    "stroke=\"currentColor\" stroke-width=\"1.2\" stroke-dasharray=\"5 4\" "
                                    "vector-effect=\"non-scaling-stroke\"/>",
                                    runtime::level_names[static_cast<std::size_t>(one.level)], width, y(one.at));
        out_ += fmt::format("<line x1=\"0\" x2=\"{0:.0f}\" y1=\"{1:.0f}\" y2=\"{1:.0f}\" stroke=\"var(--line)\" "
                            "stroke-width=\"1.5\" vector-effect=\"non-scaling-stroke\"/>\n",
                            width, height);
    }

    /// A watch's line begins where it opened; between two watches there is none.
    void lines() {
        for (std::size_t i = 0; i < curve_.watches.size(); ++i) {
            const ReportWatch& watch = curve_.watches[i];
            const Time end = i + 1 < curve_.watches.size() ? curve_.watches[i + 1].opened : runtime::never;
            std::string path;
            double last = 0;
            for (const auto& [time, score] : curve_.points) {
                if (time < watch.opened || time > watch.to || time >= end) continue;
                path += fmt::format("{}{:.2f} {:.2f} ", path.empty() ? "M" : "L", x(time), y(score));
                last = x(time);
            }
            if (path.empty()) continue;
            out_ += fmt::format("<path d=\"{}L{:.2f} {:.0f} L{:.2f} {:.0f}Z\" fill=\"var(--accent)\" opacity=\".16\"/>"
                                "<path d=\"{}\" fill=\"none\" stroke=\"var(--accent)\" stroke-width=\"2.2\" "
                                "stroke-linejoin=\"round\" vector-effect=\"non-scaling-stroke\"/>\n",
                                path, last, height, x(watch.opened), height, path);
        }
        for (const runtime::TriggerRecord& trigger : curve_.triggers)
            out_ += fmt::format("<line x1=\"{0:.2f}\" x2=\"{0:.2f}\" y1=\"0\" y2=\"{1:.0f}\" stroke=\"var(--ink)\" "
                                "stroke-width=\"1.5\" vector-effect=\"non-scaling-stroke\"/>",
                                x(trigger.known), height);
    }

    void labels() {
        for (const runtime::AlertPlan& one : plan_.alerts) {
            if (one.cause != runtime::AlertCause::level) continue;
            const std::string_view name = runtime::level_names[static_cast<std::size_t>(one.level)];
            out_ += fmt::format(
                "<span class=\"mark-level {0}\" style=\"top:{1:.2f}%\" aria-hidden=\"true\">{0} {2}</span>\n", name,
                from_top(one.at), runtime::show_score(one.at));
        }
    }

    void marks() {
        for (const ReportHit& hit : curve_.hits)
            out_ += fmt::format(
                "<span class=\"mark-hit{}\" style=\"left:{:.2f}%\" title=\"{}\" aria-hidden=\"true\"></span>\n",
                hit.hit.lookback ? " past" : "", left(hit.hit.time),
                escaped(fmt::format("{}: {}", minute(hit.hit.time), hit.signal)));
        for (const auto& [time, points] : unnamed_rises())
            out_ += fmt::format(
                "<span class=\"mark-hit\" style=\"left:{:.2f}%\" title=\"{}\" aria-hidden=\"true\"></span>\n",
                left(time), escaped(fmt::format("{}: +{}", minute(time), runtime::show_score(points))));
        for (const Alert* alert : alerts_) {
            const std::string_view name = runtime::level_names[static_cast<std::size_t>(alert->level)];
            const std::string what =
                fmt::format("{} alert on {}, score {}", name, minute(alert->time), runtime::show_score(alert->score));
            out_ += fmt::format("<a class=\"mark-alert {}\" style=\"left:{:.2f}%;top:{:.2f}%\" href=\"#alert-{}\" "
                                "aria-label=\"{}\" title=\"{}\"></a>\n",
                                name, left(alert->time), from_top(alert->score), escaped(alert->id), escaped(what),
                                escaped(what));
        }
    }

    /// Hits after the last alert, or beyond those that it lists.
    std::vector<std::pair<Time, double>> unnamed_rises() const {
        std::vector<std::pair<Time, double>> result;
        for (const auto& rise : curve_.rises)
            if (std::none_of(curve_.hits.begin(), curve_.hits.end(),
                             [&](const ReportHit& hit) { return hit.hit.time == rise.first; }))
                result.push_back(rise);
        return result;
    }

    void legend() {
        const auto entry = [&](std::string_view shape, std::string_view text) {
            out_ += fmt::format("<li><svg viewBox=\"0 0 28 16\" aria-hidden=\"true\">{}</svg>{}</li>", shape, text);
        };
        out_ += "<ul class=\"legend\">";
        entry("<rect width=\"28\" height=\"16\" fill=\"var(--band)\"/><path d=\"M0 12 L10 4 L28 10\" fill=\"none\" "
              "stroke=\"var(--accent)\" stroke-width=\"2.5\"/>",
              "watched, with the score");
        if (std::any_of(curve_.watches.begin(), curve_.watches.end(),
                        [](const ReportWatch& watch) { return watch.from < watch.opened; }))
            entry("<rect width=\"28\" height=\"16\" fill=\"var(--past)\"/>", "looked back at");
        entry("<path d=\"M14 0V16\" stroke=\"var(--ink)\" stroke-width=\"2.5\"/>", "trigger");
        if (!curve_.hits.empty() || !curve_.rises.empty())
            entry("<circle cx=\"14\" cy=\"8\" r=\"5\" fill=\"var(--mark)\"/>", "hit of a signal");
        entry("<path d=\"M14 1 L21 8 L14 15 L7 8Z\" fill=\"var(--ink)\"/>", "alert");
        out_ += "</ul>\n";
    }

    /// The events of the watch that moved the score, in words.
    void table() {
        out_ +=
            "<details><summary>The same as a table</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
            "aria-label=\"Timeline\"><table>\n<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">What</th></tr>"
            "</thead>\n<tbody>\n";
        std::vector<std::pair<Time, std::string>> rows;
        for (const ReportWatch& watch : curve_.watches) {
            if (watch.from < watch.opened) rows.emplace_back(watch.from, "look-back begins");
            rows.emplace_back(watch.opened, "watch opens");
            rows.emplace_back(watch.to, watch.open ? "watch still open" : "watch ends");
        }
        for (const runtime::TriggerRecord& trigger : curve_.triggers)
            rows.emplace_back(trigger.known, "trigger: " + escaped(trigger.type));
        for (const ReportHit& hit : curve_.hits)
            rows.emplace_back(hit.hit.time,
                              fmt::format("hit: {}, +{}{}", escaped(hit.title.empty() ? hit.signal : hit.title),
                                          runtime::show_score(hit.hit.points),
                                          hit.hit.lookback ? ", looking back" : ""));
        for (const auto& [time, points] : unnamed_rises())
            rows.emplace_back(time, fmt::format("the score rises by {}", runtime::show_score(points)));
        for (const Alert* alert : alerts_)
            rows.emplace_back(alert->time, fmt::format("{} alert, score {}",
                                                       runtime::level_names[static_cast<std::size_t>(alert->level)],
                                                       runtime::show_score(alert->score)));
        std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [time, what] : rows)
            out_ += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", minute(time), what);
        out_ += "</tbody></table></div></details>\n";
    }

    const ReportCurve& curve_;
    const runtime::PolicyPlan& plan_;
    std::string title_, key_;
    std::vector<const Alert*> alerts_;
    Time first_ = 0, last_ = 0;
    double top_ = 0;
    std::string out_;
};

} // namespace

std::string curve_chart(const ReportCurve& curve, const std::vector<Alert>& alerts, const runtime::Program& program,
                        std::string_view title, const std::string& key) {
    return Chart{curve, alerts, program, title, key}.run();
}

} // namespace watchword::desk
