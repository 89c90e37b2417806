#include "runtime/engine.hpp"

#include "runtime/machine.hpp"

namespace watchword::runtime {

Engine::Engine(const Program& program, EngineOptions options)
    : machine_(std::make_unique<Machine>(program, std::move(options))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;

Roster& Engine::roster() { return machine_->roster; }
const Roster& Engine::roster() const { return machine_->roster; }
Status Engine::change_roster(Time at, std::uint64_t position, const RosterEntry& entry, std::string* complaint) {
    return machine_->change_roster(at, position, entry, complaint);
}
void Engine::prepare(std::span<const Event* const> events) noexcept { machine_->prepare(events); }
std::size_t Engine::push_quiet() noexcept { return machine_->push_quiet(); }
Status Engine::push(const Event& event) noexcept { return machine_->push(event, false); }
Status Engine::push_elsewhere(const Event& event) noexcept { return machine_->push(event, true); }
Status Engine::advance(Time time) noexcept { return machine_->advance(time); }
Status Engine::pass(Time time) noexcept { return machine_->pass(time); }
std::vector<Alert>& Engine::alerts() { return machine_->alerts; }
void Engine::record(Recording* recording) { machine_->record(recording); }
const Statistics& Engine::statistics() const { return machine_->statistics; }
std::vector<WatchView> Engine::watches(PersonId person) const { return machine_->watches(person); }
double Engine::score(std::uint32_t policy, PersonId person, Time time) const {
    return machine_->score(policy, person, time);
}
double Engine::risk(PersonId person, Time time) const { return machine_->risk(person, time); }
std::size_t Engine::state_bytes() const { return machine_->state_bytes(); }

Time Engine::now() const { return machine_->now(); }
std::string Engine::snapshot() const { return machine_->snapshot(); }
std::string Engine::snapshot(PersonId person) const { return machine_->snapshot(person); }
std::string Engine::restore(std::string_view snapshot) {
    auto fresh = std::make_unique<Machine>(machine_->program(), machine_->options());
    std::string problem = fresh->restore(snapshot);
    if (problem.empty()) machine_ = std::move(fresh);
    return problem;
}
std::string Engine::restore_person(std::string_view snapshot) { return machine_->restore_person(snapshot); }

} // namespace watchword::runtime
