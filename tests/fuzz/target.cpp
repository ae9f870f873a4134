// SPDX-License-Identifier: MIT
/// @file
/// What reads bytes that a process, or a disk, has left: given any bytes. A libFuzzer target; `./dev fuzz` runs it, and
/// replay.cpp gives it the inputs in corpus/. The first byte says what the others are:
///
///     0  the ops of a frame, for the tables below
///     1  segments of a log as they are: each two bytes of length and so many bytes; the last one all that is left
///     2  the same, and each checksum is made to fit first, so that what is behind it is reached
///     3  the same as 2, and the numbers of frames follow on each other
///     4  a ring of two chunks, zeros but for some places: each two bytes of place, one of length and so many bytes
#include <holdfast/queue/op_reader.hpp>
#include <holdfast/queue/read_log.hpp>
#include <holdfast/queue/ring_file.hpp>

#include <cstddef>
#include <cstdint>

using namespace holdfast;

namespace {

const log_schema& some_tables() {
    static const log_schema made{{{"heroes", {"id", "name", "gold"}, {0}, {1, 1, 0}},
                                  {"items", {"owner", "slot", "kind"}, {0, 1}, {1, 1, 0}},
                                  {"nothing", {}, {}, {}}}};
    return made;
}

bool inside(bytes_view part, bytes_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// Reads every op, and every byte that it points to.
void read_ops(bytes_view payload, const log_schema& schema) {
    op_reader from(payload, schema);
    op_view op;
    for (std::size_t ops = 0;; ++ops) {
        const auto step = from.next(op);
        if (step == op_reader::step::bad) HOLDFAST_REQUIRE(*from.why() != '\0', "a bad op says why");
        if (step != op_reader::step::op) return;
        HOLDFAST_REQUIRE(ops <= payload.size() / 4, "each op has bytes of its own");
        HOLDFAST_REQUIRE(inside(op.key, payload), "a key lies in its frame");
        const log_table& table = schema.tables.at(op.table);
        const bool names_columns = op.kind == op_kind::set || op.kind == op_kind::update;
        for (const std::byte column : names_columns ? op.columns : bytes_view())
            (void)table.columns.at(std::to_integer<std::size_t>(column));
        std::uint32_t sum = 0;
        for (const auto* cells : {&op.key_cells, &op.values})
            for (const cell& one : *cells)
                if (one.kind == cell_kind::text || one.kind == cell_kind::blob) {
                    const bytes_view text(reinterpret_cast<const std::byte*>(one.bytes.data), one.bytes.size);
                    HOLDFAST_REQUIRE(inside(text, payload), "text lies in its frame");
                    sum = crc32c(text, sum);
                }
    }
}

template <class Number> Number take(bytes_view& from) {
    Number value{};
    const std::size_t count = std::min(sizeof(value), from.size());
    if (count != 0) std::memcpy(&value, from.data(), count);
    from = from.subspan(count);
    return value;
}
bytes_view take_bytes(bytes_view& from, std::size_t count) {
    const bytes_view taken = from.first(std::min(count, from.size()));
    from = from.subspan(taken.size());
    return taken;
}

/// Gives the start of a segment, and each of its frames, the checksum that it must have.
void mend(std::vector<std::byte>& all, bool numbers) {
    segment_header start;
    if (all.size() < sizeof(start)) return;
    std::memcpy(&start, all.data(), sizeof(start));
    start.magic = segment_header{}.magic;
    start.format = format_number;
    if (start.schema_bytes > all.size() - sizeof(start)) return;
    start.crc = detail::segment_crc(start, bytes_view(all).subspan(sizeof(start), start.schema_bytes));
    std::memcpy(all.data(), &start, sizeof(start));
    std::uint64_t number = start.first_frame;
    std::uint32_t previous = start.previous_crc;
    for (std::size_t at = sizeof(start) + start.schema_bytes; all.size() - at >= sizeof(frame_header); ++number) {
        frame_header header;
        std::memcpy(&header, all.data() + at, sizeof(header));
        const std::size_t left = all.size() - at - sizeof(header);
        if (header.payload_bytes > left) return;
        header.magic = frame_header{}.magic;
        if (numbers) header.number = number;
        if (numbers) header.previous_crc = previous;
        const auto bytes = static_cast<std::size_t>(header.payload_bytes);
        header.crc = previous =
            crc32c(bytes_view(all).subspan(at + sizeof(header), bytes), detail::header_crc(header, start.epoch));
        std::memcpy(all.data() + at, &header, sizeof(header));
        at += sizeof(header) + bytes;
    }
}

/// A schema that was read is the same when it is written and read again.
void check_schema(const log_schema& schema) {
    const auto written = encode_schema(schema);
    const auto again = decode_schema(written);
    HOLDFAST_REQUIRE(again && encode_schema(*again) == written, "a schema survives being written");
}

void read_segments(bytes_view input, bool mended, bool numbers) {
    found_log log;
    std::vector<std::vector<std::byte>> files;
    while (!input.empty() && log.segments.size() < 4) {
        const std::size_t bytes = take<std::uint16_t>(input);
        const bytes_view taken = take_bytes(input, bytes);
        log.segments.emplace_back();
        files.emplace_back(taken.begin(), taken.end());
        if (mended) mend(files.back(), numbers);
    }
    for (std::size_t s = 0; s < log.segments.size(); ++s) {
        auto view = read_segment(files[s]);
        if (!view) {
            log.segments.resize(s);
            break;
        }
        check_schema(view->schema);
        log.segments[s].view = std::move(*view);
    }
    detail::read_segments(
        log, 2, [&](const found_log&, std::size_t s) { return result<std::vector<std::byte>>(files[s]); }, 0)
        .value();
    HOLDFAST_REQUIRE(log.frames.empty() || log.frames.back().number() <= log.last, "the last frame is the last");
    whole_resync_search search(log.gaps);
    for (const found_frame& one : log.frames) search.see(one.header);
    HOLDFAST_REQUIRE(search.end() <= log.last, "a resync ends in the log");
    for (std::size_t i = 0; i < log.frames.size(); ++i) {
        const found_frame& one = log.frames[i];
        const found_log::segment& home = log.segments.at(one.segment);
        const bool behind_gap = std::any_of(log.gaps.begin(), log.gaps.end(), [&](const log_gap& gap) {
            return gap.from < gap.behind && gap.behind == one.number();
        });
        HOLDFAST_REQUIRE(i == 0 || one.number() == log.frames[i - 1].number() + 1 ||
                             (behind_gap && one.number() > log.frames[i - 1].number()),
                         "frames follow on each other, but for what was dropped");
        HOLDFAST_REQUIRE(!one.in(files[one.segment]).empty(), "a frame lies in its segment");
        const auto frame = read_frame(one.in(files[one.segment]), home.view.header.epoch);
        HOLDFAST_REQUIRE(frame && frame->header.number == one.number(), "a frame that was found can be read");
        read_ops(frame->payload, home.view.schema);
    }
}

void read_ring(bytes_view input) {
    std::vector<std::byte> all(ring_header_bytes + 2 * ring_chunk_bytes);
    ring_header start;
    start.chunks = 2;
    start.boot.bytes[0] = std::byte{1};
    std::memcpy(all.data(), &start, sizeof(start));
    const auto logged = take<std::uint8_t>(input);
    while (!input.empty()) { // places: around the header, and the two ends of each chunk, eight bytes at a time
        const std::size_t place = take<std::uint16_t>(input);
        const std::size_t count = take<std::uint8_t>(input);
        const std::size_t at = place % 8 == 0   ? 48
                               : place % 8 < 4  ? ring_header_bytes + place / 8 * 8
                               : place % 8 == 4 ? ring_header_bytes + ring_chunk_bytes + place / 8 * 8
                               : place % 8 < 7  ? ring_header_bytes + ring_chunk_bytes - 4'096 + place / 8 * 8 % 4'096
                                                : all.size() - 4'096 + place / 8 * 8 % 4'096;
        const bytes_view bytes = take_bytes(input, count);
        std::copy_n(bytes.begin(), std::min(bytes.size(), all.size() - at),
                    all.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const auto left = detail::find_frames(std::move(all), "ring", uuid{}, start.boot, logged);
    if (!left) return;
    std::uint64_t number = logged;
    for (const left_frame& one : left->frames) {
        HOLDFAST_REQUIRE(one.header.number == ++number, "frames follow on each other");
        HOLDFAST_REQUIRE(one.sections.size() == one.header.sections, "a frame has its sections");
        for (const bytes_view section : one.sections) {
            HOLDFAST_REQUIRE(inside(section, left->bytes), "a section lies in the ring");
            read_ops(section, some_tables());
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes_view input(reinterpret_cast<const std::byte*>(data), size);
    switch (take<std::uint8_t>(input)) {
    case 0: read_ops(input, some_tables()); break;
    case 1: read_segments(input, false, false); break;
    case 2: read_segments(input, true, false); break;
    case 3: read_segments(input, true, true); break;
    case 4: read_ring(input); break;
    default: break;
    }
    return 0;
}
