// SPDX-License-Identifier: MIT
/// @file
/// What is done to a store between two power cuts.
#include "played_store.hpp"

#include "torture/file_state.hpp"
#include "torture/perform.hpp"

namespace torture {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds long_enough{60'000};

std::string number(std::uint64_t value) { return std::to_string(value); }

[[noreturn]] void fail(const std::string& what) { throw finding(finding::kind::failure, what); }
[[noreturn]] void broken(const std::string& what) { throw finding(finding::kind::broken, what); }

void require_invariants(const model& of, const std::string& where) {
    const std::vector<std::string> wrong = broken_invariants(of);
    if (!wrong.empty()) broken(where + ": " + wrong.front() + ", and " + number(wrong.size() - 1) + " more");
}

} // namespace

played_store::played_store(const workload& of, std::string path, history& so_far, recorder& heard, dice from)
    : workload_(of), path_(std::move(path)), history_(so_far), recorder_(heard), dice_(from) {
    spent_.insert(history_.spent.begin(), history_.spent.end());
}

hf::options played_store::draw_options() {
    hf::options chosen;
    chosen.ring_bytes = std::size_t{512} << 10;
    chosen.segment_bytes = dice_.one_of<std::size_t>({0, 4, 16, 64}) << 10;
    chosen.batch_bytes = dice_.one_of<std::size_t>({0, 4, 64, 8'192}) << 10;
    chosen.reserve_bytes = dice_.one_in(4) ? std::size_t{32} << 10 : 0;
    chosen.sync_every = chosen.save_every = std::chrono::hours(1);
    if (dice_.one_in(2)) { // log and SQLite on their own
        chosen.sync_every = milliseconds(dice_.one_of({0, 0, 1, 3}));
        chosen.save_every = milliseconds(dice_.one_of({0, 1, 5, 3'600'000}));
    } else {
        chosen.time = &still_;
    }
    return chosen;
}

void played_store::open(tick_range allowed) {
    frail_ = dice_.one_in(5) ? dice_.one_of<std::size_t>({4, 15, 50}) : 0;
    idle_ = dice_.one_of<std::size_t>({1, 2, 8, 30});
    auto opened = hf::open<world>(path_, draw_options());
    if (!opened) fail("the store does not open: " + opened.why().message());
    db_ = std::make_unique<hf::store<world>>(std::move(*opened));
    compare(allowed);
    history_.ticks.resize(db_->health().committed + 1);
    history_.ticks.back().spent = history_.spent.size();
    now_ = *history_.ticks.back().world;
    note_saved(history_.last());
}

void played_store::compare(tick_range allowed) const {
    const std::uint64_t came_back = db_->health().committed;
    if (came_back < allowed.least)
        throw finding(finding::kind::loss, "tick " + number(allowed.least) +
                                               " was durable; the store has come back at tick " + number(came_back));
    if (came_back > allowed.most)
        broken("the store has come back at tick " + number(came_back) + "; the last one was " + number(allowed.most));
    model found;
    try {
        found = model_of(**db_);
    } catch (const std::exception& why) {
        broken(std::string("the recovered world: ") + why.what());
    }
    const std::string where = "the world recovered at tick " + number(came_back);
    require_invariants(found, where);
    const model& expected = history_.at(came_back);
    if (found.digest() != expected.digest())
        broken(where + " is not that of the oracle:" + differences(expected, found));
    const hf::recovery_report& is = db_->recovery();
    if (is.damage) fail("a power cut is called damage: " + is.damage->message());
    if (is.lost != hf::lost_ticks::none || is.lost_from != 0)
        fail("the report says that tick " + number(is.lost_from) + " is lost");
    if (is.recovered != came_back || is.saved > is.recovered || (is.clean && is.saved != is.recovered))
        fail("the report says that the file was true up to tick " + number(is.saved) + ", and is up to tick " +
             number(is.recovered));
}

void played_store::play(std::int64_t ticks) {
    for (std::int64_t i = 0; i < ticks; ++i) {
        recorder_.fail_syncs(frail_);
        play_one();
        step();
    }
    recorder_.fail_syncs(0);
}

void played_store::play_one() {
    const std::uint64_t tick = history_.last() + 1;
    tick_plan plan(workload_, tick);
    std::int32_t actions = 0;
    bool imported = false;
    const auto will = [&](world& w) {
        const event made{.tick = static_cast<std::int64_t>(tick), .actions = actions};
        w.events.append(made);
        now_.add_event(made);
        history_.ticks.push_back({std::make_shared<model>(now_), history_.spent.size(), imported});
        recorder_.note(disk_event::kind::will, tick);
    };
    while (const auto one = plan.next(now_)) {
        ++actions;
        imported = one->what == action::kind::import;
        if (imported) recorder_.fail_syncs(0);
        std::vector<std::int64_t> ids;
        const auto done = perform(*db_, *one, ids, [&](world& w) {
            remember(*one, ids);
            will(w);
        });
        if (!done)
            fail("tick " + number(tick) + ", action " + number(static_cast<std::uint64_t>(one->what)) + ": " +
                 done.why().message());
        if (!imported) remember(*one, ids);
    }
    if (!imported) will(**db_);
    if (const hf::tick given = db_->commit(); given != tick)
        fail("commit gave " + number(given) + ", not " + number(tick));
    if (imported) note_saved(tick);
}

void played_store::remember(const action& one, const std::vector<std::int64_t>& ids) {
    given_ids given(ids);
    apply(now_, one, given);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::pair spent(given.tables()[i], ids[i]);
        if (!spent_.insert(spent).second)
            broken("tick " + number(history_.last() + 1) + " gives the id " + std::to_string(ids[i]) + " of " +
                   std::string(spent.first) + " a second time");
        history_.spent.push_back(spent);
    }
}

/// A disk that fails is no reason to fail, but nothing was promised then.
bool played_store::worked(const hf::result<void>& done, const char* what) const {
    if (!done && (frail_ == 0 || (done.why().code != hf::errc::io && done.why().code != hf::errc::timeout)))
        fail(what + (": " + done.why().message()));
    return bool(done);
}

void played_store::step() {
    if (!dice_.one_in(idle_)) return;
    switch (dice_.below(9)) {
    case 0:
    case 1:
        if (worked(db_->wait_durable(history_.last(), patience()), "wait_durable")) note_durable(history_.last());
        break;
    case 2:
    case 3:
        db_->on_durable(history_.last(), [this, tick = history_.last()](const hf::result<void>& sure) {
            if (sure) note_durable(tick);
        });
        break;
    case 4:
        if (auto saved = db_->save_all(patience()); worked(saved ? hf::result<void>() : saved.why(), "save_all"))
            note_saved(history_.last());
        break;
    case 5:
    case 6: note_durable(db_->durable()); break;
    case 7: still_.advance(std::chrono::minutes(61)); break; // a backup is due
    default: note_saved(db_->health().saved); break;
    }
}

void played_store::close() {
    const hf::save_report report = db_->close(long_enough);
    if (!report.complete()) fail("close: not everything was saved");
    note_saved(report.saved);
    db_.reset();
}

alone look_alone(const std::string& path, const history& of) {
    file_state is;
    try {
        is = read_file(path);
    } catch (const finding&) {
        throw;
    } catch (const std::exception& why) {
        broken(why.what());
    }
    if (!is.marked) return {};
    const std::string where = "SQLite's file, applied up to tick " + number(is.applied);
    if (is.applied > of.last()) broken(where + ": the last one was " + number(of.last()));
    require_invariants(is.rows, where);
    const model& expected = of.at(is.applied);
    if (is.rows.file_digest() != expected.file_digest())
        broken(where + " is not the oracle's:" + differences(expected, is.rows));
    return {true, is.clean, is.applied};
}

} // namespace torture
