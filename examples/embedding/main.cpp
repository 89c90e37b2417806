// Watchword inside a program of one's own. Built by itself:
//     g++ -O2 main.cpp $(pkg-config --cflags --libs watchword) -o embedding
#include <watchword/monitor.hpp>

#include <iostream>
#include <string>

namespace {

constexpr const char* policy = R"(
use hr, activity
signal Copied "Copied much to removable media" on file.copy where removable when sum(bytes) over 1h > 100MB
policy Leaver "Takes files along" {
  purpose "Protect company data while people who have given notice still work here"
  basis   "Works agreement 2024-11"
  owner   "insider-threat@corp.example"
  opens   on hr.resignation
  closes  after 60d
  score { +50 for Copied halves every 14d }
  alert medium at 40
}
)";

constexpr const char* records[] = {
    R"({"type":"hr.resignation","time":"2025-03-03T09:00:00Z","user":"anna.lee"})",
    R"({"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"ANNA.LEE","host":"pc7","path":"/plans.zip","bytes":150000000,"removable":true})",
    R"({"type":"file.copy","time":"2025-03-04T19:00:00Z","user":"bert","host":"pc8","path":"/photos.zip","bytes":150000000,"removable":true})",
    R"({"type":"file.copy","time":"yesterday"})",
};

} // namespace

int main() {
    std::string messages;
    const auto policies = watchword::Policies::compile({{"leaver.watch", policy}}, messages);
    std::cerr << messages; // errors, and what is worth a second look
    if (policies == nullptr) return 1;

    watchword::MonitorOptions options;
    options.key = "0123456789abcdef"; // from a safe place
    watchword::Monitor monitor{policies, options};
    monitor.enter(R"({"id":"E-17","accounts":["anna.lee"],"group":"R&D"})");
    monitor.enter(R"({"id":"E-18","accounts":["bert"],"group":"Sales"})");
    for (const char* const record : records) {
        if (monitor.push(record) == watchword::Outcome::rejected)
            std::cerr << "rejected: " << monitor.problem() << '\n';
        std::cout << monitor.take_alerts();
    }

    // what is known survives the process
    watchword::Monitor next{policies, options};
    if (const std::string problem = next.restore(monitor.save()); !problem.empty()) {
        std::cerr << problem << '\n';
        return 1;
    }
    std::cout << "score of Leaver for anna.lee: " << next.score("Leaver", "anna.lee") << '\n';
}
