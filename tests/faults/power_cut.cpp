// SPDX-License-Identifier: MIT
/// @file
/// What a power cut or a kill leaves after rare turns of events: ticks that were called durable are there.
#include "support/io_faults.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>

namespace fs = std::filesystem;
namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct coin {
    std::int64_t id = 0;
    std::string text{};
};
struct purse {
    hf::table<coin, hf::primary_key<&coin::id>> coins;
};
using kind = io_faults::kind;

/// A store on a clock that somebody moves; SQLite gets nothing that nobody asks for.
struct played {
    temporary_folder folder{};
    std::string path = folder / "world.db";
    fake_clock clock{};
    hf::options chosen = [this] {
        hf::options is = options_with(clock);
        is.segment_bytes = std::size_t{1} << 16;
        is.save_every = std::chrono::hours(1'000);
        is.batch_bytes = std::size_t{100} << 20;
        return is;
    }();

    [[nodiscard]] hf::store<purse> open() const { return hf::open<purse>(path, chosen).value(); }
    [[nodiscard]] std::vector<std::string> segments() const { return hf::names_in(path + ".log").value(); }
};
hf::tick add(hf::store<purse>& db, std::int64_t id, std::size_t bytes = 1) {
    db->coins.insert({id, std::string(bytes, 'x')}).value();
    return db.commit();
}
void add_durably(hf::store<purse>& db, std::int64_t id, std::size_t bytes = 1) {
    REQUIRE(db.wait_durable(add(db, id, bytes), long_enough));
}

/// How far the library itself writes a file, while it lives.
class seen_writes final : public hf::system_call::observer {
public:
    explicit seen_writes(std::string_view name_ends_with) : name_(name_ends_with) { hf::system_call::observing = this; }
    seen_writes(const seen_writes&) = delete;
    seen_writes& operator=(const seen_writes&) = delete;
    ~seen_writes() { hf::system_call::observing = nullptr; }
    [[nodiscard]] std::size_t end() const noexcept { return end_; }

private:
    std::uint64_t begins(const hf::system_call::change& one) noexcept override {
        if (one.what != kind::write || !one.path.ends_with(name_)) return 0;
        std::size_t end = static_cast<std::size_t>(one.at);
        for (const iovec& piece : one.pieces) end += piece.iov_len;
        end_ = std::max(end_.load(), end);
        return 0;
    }
    void made(const hf::system_call::change&, std::uint64_t, bool) noexcept override {}
    const char* in_place_of(const std::string&) noexcept override { return nullptr; }

    const std::string_view name_;
    std::atomic<std::size_t> end_{0};
};

/// The ring becomes that of another boot.
void boot_again(const std::string& path) {
    if (!fs::exists(path + ".ring")) return;
    std::fstream ring(path + ".ring", std::ios::in | std::ios::out | std::ios::binary);
    ring.seekp(offsetof(hf::ring_header, boot));
    ring << "another boot now";
}

/// How many coins are there after a kill, and after a power cut, which makes the ring that of another boot.
std::size_t coins_left(const played& of, bool power_cut) {
    const temporary_folder copy;
    fs::copy(of.folder.path(), copy.path(), fs::copy_options::recursive);
    if (power_cut) boot_again(copy / "world.db");
    auto again = hf::open<purse>(copy / "world.db", of.chosen);
    INFO((again ? std::string() : again.why().message()));
    REQUIRE(again);
    CHECK(again->recovery().lost_from == 0);
    return (*again)->coins.size();
}

} // namespace

TEST_CASE("regression: ticks behind a bulk load are in the log in their order") {
    played it;
    it.chosen.sync_every = std::chrono::hours(1);
    it.chosen.segment_bytes = std::size_t{4} << 20;
    auto db = it.open();
    add(db, 1);
    REQUIRE(db.bulk_load([](purse& w) {
        for (std::int64_t id = 1'000; id < 1'100; ++id) w.coins.insert({id, "b"}).value();
    }));
    for (std::int64_t id = 10; id < 130; ++id) db->coins.insert({id, std::string(10'000, 'x')}).value();
    const hf::tick large = db.commit(); // more than a block of the log's memory
    REQUIRE(eventually([&] { return db.health().queue_bytes > 1'000'000; }));
    REQUIRE(db.wait_durable(large, long_enough));
    CHECK(coins_left(it, true) == 221);
    add_durably(db, 5'000);
    CHECK(coins_left(it, true) == 222);
    CHECK(coins_left(it, false) == 222);
    close_and_compare(db, it.path);
    CHECK(coins_left(it, false) == 222);
}

TEST_CASE("regression: a store that was closed leaves the files of the next one alone when it goes") {
    played it;
    auto closed = std::make_unique<hf::store<purse>>(it.open());
    add(*closed, 1);
    REQUIRE(closed->close(long_enough).complete());
    auto db = it.open();
    add_durably(db, 2);
    it.clock.advance(std::chrono::seconds(5));
    closed.reset();
    add_durably(db, 3);
    CHECK(coins_left(it, true) == 3);
    CHECK(coins_left(it, false) == 3);
    close_and_compare(db, it.path);
}

TEST_CASE("regression: a disk that the log itself has filled is made free by what SQLite has") {
    played it;
    io_faults faults([&](kind what, std::string_view at) {
        return what == kind::allocate && at.find(".log/") != std::string_view::npos && it.segments().size() > 4;
    });
    auto db = it.open();
    faults.fail(1, io_faults::for_good, ENOSPC);
    for (std::int64_t id = 1; id <= 60; ++id) add(db, id, 10'000);
    save(db);
    CHECK(faults.failed() != 0);
    CHECK(eventually([&] { return db.health().is == hf::health_report::state::good; }));
    close_and_compare(db, it.path);
}

TEST_CASE("regression: segments that are written again hide nothing until they are complete") {
    played it;
    io_faults faults([&](kind what, std::string_view at) {
        return what == kind::write && at.find(".log/") != std::string_view::npos && !at.ends_with(".new");
    });
    auto db = it.open();
    for (std::int64_t id = 1; id <= 30; ++id) add_durably(db, id, 10'000);
    const auto segments = it.segments();
    REQUIRE(segments.size() > 3);
    faults.fail(1, io_faults::for_good, EIO);
    fs::remove(it.path + ".log/" + segments.back());
    it.clock.advance(std::chrono::seconds(2));
    REQUIRE(eventually([&] { return faults.failed() != 0; }));
    CHECK(coins_left(it, true) >= 20); // all but those of the file that somebody has removed
    faults.clear();
    REQUIRE(db.wait_durable(add(db, 31), long_enough));
    CHECK(coins_left(it, true) == 31);
    close_and_compare(db, it.path);
}

TEST_CASE("regression: a bulk load into a database that somebody has removed says so") {
    played it;
    auto db = it.open();
    add(db, 1);
    save(db);
    fs::rename(it.path, it.path + ".moved");
    it.clock.advance(std::chrono::seconds(2));
    REQUIRE(eventually([&] { return db.health().is == hf::health_report::state::failed; }));
    const auto loaded = db.bulk_load([](purse& w) { w.coins.insert({2, "b"}).value(); });
    REQUIRE_FALSE(loaded);
    CHECK(db->coins.size() == 1);
    fs::rename(it.path + ".moved", it.path);
    db.close(std::chrono::milliseconds(1));
    CHECK(coins_left(it, false) == 1);
}

TEST_CASE("regression: what is waiting has its age, and save_every its meaning, between two syncs") {
    played it;
    it.chosen.sync_every = std::chrono::hours(1);
    auto db = it.open();
    add(db, 1);
    REQUIRE(eventually([&] { return db.health().queue_bytes != 0 && db.health().saver_cpu.count() != 0; }));
    it.clock.advance(std::chrono::milliseconds(500)); // the step that took the tick is over
    CHECK(db.health().oldest_unsaved == std::chrono::milliseconds(500));
    add(db, 2);
    it.clock.advance(std::chrono::milliseconds(500));
    CHECK(eventually([&] { return db.health().oldest_unsaved == std::chrono::seconds(1); }));
    CHECK(db.health().batches == 0);
}

TEST_CASE("regression: what a function of on_durable changes when the store closes is told, or is there") {
    const bool commits = GENERATE(false, true);
    played it;
    auto db = it.open();
    db->coins.insert({1, "x"}).value();
    db.on_durable(db.commit(), [&](const hf::result<void>&) {
        db->coins.insert({2, "given"}).value();
        if (commits) db.commit();
    });
    const auto report = db.close(long_enough);
    CHECK(report.complete() == commits);
    CHECK(report.open_frame_dropped == !commits);
    CHECK(coins_left(it, true) == (commits ? 2u : 1u));
}

TEST_CASE("regression: the ring's header is on the disk before the ring has its name") {
    played it;
    io_faults faults([&](kind what, std::string_view at) { return what == kind::sync && at.ends_with(".ring.new"); });
    faults.fail(1, 1, EIO);
    const auto refused = hf::open<purse>(it.path, it.chosen);
    REQUIRE_FALSE(refused);
    CHECK(faults.failed() == 1);
    CHECK_FALSE(fs::exists(it.path + ".ring"));
    CHECK(hf::open<purse>(it.path, it.chosen));
}

TEST_CASE("regression: a segment with a torn end that SQLite has, whose removal a power cut took back, is no damage") {
    played it;
    it.chosen.sync_every = std::chrono::hours(1);
    {
        auto db = it.open();
        add_durably(db, 1);
        REQUIRE(db.bulk_load([](purse& w) { w.coins.insert({2, "b"}).value(); })); // a tick that is empty in the log
        add_durably(db, 3);
    }
    const std::string segment = it.path + ".log/" + it.segments().front();
    std::string torn = bytes_of_file(segment);
    const std::size_t second = torn.find("HFfr", torn.find("HFfr") + 1);
    REQUIRE(second != std::string::npos);
    // A load waits for its own tick to be synced, unless that takes too long: then what follows knows nothing of a sync.
    const std::size_t third = torn.find("HFfr", second + 1);
    REQUIRE(third != std::string::npos);
    const auto bytes_at = [&](std::size_t at) { return reinterpret_cast<const std::byte*>(torn.data()) + at; };
    const auto epoch = hf::read_segment({bytes_at(0), torn.size()}).value().header.epoch;
    hf::frame_header is = hf::header_of(bytes_at(third));
    is.synced_through = 1;
    is.crc = hf::crc32c({bytes_at(third + sizeof(is)), static_cast<std::size_t>(is.payload_bytes)},
                        hf::detail::header_crc(is, epoch));
    std::memcpy(torn.data() + third, &is, sizeof(is));
    torn.replace(second, sizeof(hf::frame_header), sizeof(hf::frame_header), '\0');
    write_file(segment, torn); // as if the power was cut before they were synced: the first of both blocks is lost
    for (int again = 0; again < 2; ++again) {
        boot_again(it.path);
        auto db = hf::open<purse>(it.path, it.chosen);
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK(db->recovery().recovered == 2);
        CHECK((*db)->coins.size() == 2);
        write_file(segment, torn); // the store has removed it
    }
}

TEST_CASE("regression: a commit whose sync has failed is not taken for saved by the next process") {
    played it;
    const std::string wal = it.path + "-wal";
    std::string before, failed;
    {
        io_faults faults([&](kind what, std::string_view at) { return what == kind::sync && at.ends_with("-wal"); });
        auto db = it.open();
        add_durably(db, 1);
        faults.fail(1, io_faults::for_good, EIO);
        before = bytes_of_file(wal); // what is on the disk
        REQUIRE_FALSE(db.save_all(std::chrono::milliseconds(1)));
        REQUIRE(eventually([&] { return faults.failed() != 0; }));
    }
    failed = bytes_of_file(wal); // what the kernel says is there
    REQUIRE(failed.size() > before.size());
    const seen_writes again("-wal");
    const auto db = it.open();
    CHECK(db->coins.size() == 1);

    const temporary_folder copy;
    fs::copy(it.folder.path(), copy.path(), fs::copy_options::recursive);
    std::string left = bytes_of_file(wal);
    for (std::size_t at = std::max(before.size(), again.end()); at < std::min(left.size(), failed.size()); ++at)
        if (left[at] == failed[at]) left[at] = '\0'; // the kernel has it, and takes it for written
    write_file(copy / "world.db-wal", left);
    boot_again(copy / "world.db");
    const auto after = hf::open<purse>(copy / "world.db", it.chosen);
    INFO((after ? std::string() : after.why().message()));
    REQUIRE(after);
    CHECK((*after)->coins.size() == 1);
}
