// SPDX-License-Identifier: MIT
/// @file
/// A disk as a power cut finds it.
#include "disk.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace torture {

namespace files = std::filesystem;
using kind = disk_event::kind;

namespace {

constexpr std::size_t block_bytes = 512;

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

void put(std::string& into, std::uint64_t at, std::string_view bytes) {
    const auto from = static_cast<std::size_t>(at);
    if (into.size() < from + bytes.size()) into.resize(from + bytes.size());
    std::memcpy(into.data() + from, bytes.data(), bytes.size());
}
void apply(std::string& to, const disk_event& one) {
    if (one.what == kind::write) put(to, one.at, one.bytes);
    if (one.what == kind::truncate || (one.what == kind::allocate && to.size() < one.at))
        to.resize(static_cast<std::size_t>(one.at));
}

/// Which of a row of operations are kept.
class choice {
public:
    explicit choice(dice& from)
        : dice_(from), how_(from.one_of<std::size_t>({0, 1, 2, 3, 4, 4, 5, 5})), one_in_(2 + from.below(4)) {}

    /// How many of them at most are looked at, the first ones.
    void begin(std::size_t count) { first_ = how_ == 2 || how_ == 5 ? dice_.below(count + 1) : count; }
    [[nodiscard]] bool none() const noexcept { return how_ == 0; }
    [[nodiscard]] bool all() const noexcept { return how_ == 1; }
    /// Whether blocks of one operation are chosen one by one.
    [[nodiscard]] bool torn(std::size_t number) const noexcept {
        return how_ == 4 || (how_ == 5 && number + 1 == first_);
    }
    [[nodiscard]] bool keeps(std::size_t number) {
        if (how_ == 0 || number >= first_) return false;
        return how_ != 3 || !dice_.one_in(one_in_);
    }
    [[nodiscard]] bool keeps_block() { return how_ == 5 ? dice_.one_in(2) : !dice_.one_in(one_in_); }
    [[nodiscard]] static const char* name(std::size_t how) noexcept {
        constexpr const char* words[] = {"nothing", "everything",  "the first ones",
                                         "some",    "some blocks", "the first ones, the last of them torn"};
        return words[how];
    }
    [[nodiscard]] const char* name() const noexcept { return name(how_); }

private:
    dice& dice_;
    std::size_t how_;
    std::size_t one_in_;
    std::size_t first_ = 0;
};

/// The blocks of a write that are kept; nothing behind `limit`.
void put_blocks(std::string& into, const disk_event& one, std::uint64_t limit, choice& kept) {
    for (std::uint64_t at = one.at, end = one.at + one.bytes.size(); at < end;) {
        const std::uint64_t next = std::min(end, (at / block_bytes + 1) * block_bytes);
        if (next <= limit && kept.keeps_block())
            put(into, at, std::string_view(one.bytes).substr(static_cast<std::size_t>(at - one.at), next - at));
        at = next;
    }
}

/// A mapped file: its first bytes, which name whose it is, and anything behind them.
void scribble(std::string& bytes, dice& from) {
    for (std::size_t at = 56; at + 8 <= bytes.size(); at += 8 * static_cast<std::size_t>(from.up_to(1 << 14))) {
        const std::uint64_t word = from.one_in(4) ? from.next() : from.below(100);
        std::memcpy(bytes.data() + at, &word, sizeof(word));
    }
}

} // namespace

disk::disk(const disk_image& from, deafness deaf) : deaf_(deaf) {
    for (const auto& [path, file] : from) {
        node made;
        made.folder = file.folder;
        made.bytes = file.bytes;
        now_[path] = std::make_shared<node>(std::move(made));
    }
    kept_ = now_;
}

bool disk::is_heard(const disk_event& sync) const {
    const bool folder = sync.what == kind::sync_folder;
    const auto ends = [&](const char* with) { return sync.path.ends_with(with); };
    switch (deaf_) {
    case deafness::none: return true;
    case deafness::log: return folder || sync.path.find(".log/") == std::string::npos;
    case deafness::new_segments: return folder || sync.path.find(".log/") == std::string::npos || !ends(".new");
    case deafness::log_folder: return !folder || !ends(".log");
    case deafness::store_folder: return !folder || ends(".log");
    case deafness::wal: return folder || !ends("-wal");
    case deafness::database: return folder || !ends(".db");
    }
    return true;
}

disk::node& disk::at(const disk_event& one) const {
    const auto found = now_.find(one.path);
    if (found == now_.end()) throw std::runtime_error("recorded: " + one.path + ", which is not there");
    return *found->second;
}

void disk::take(const disk_event& one) {
    const std::uint64_t number = taken_++;
    switch (one.what) {
    case kind::create: create(one, false); break;
    case kind::make_folder: create(one, true); break;
    case kind::rename: rename(one); break;
    case kind::remove:
        if (now_.erase(one.path) != 0) name_changes_.push_back({number, &one});
        break;
    case kind::write:
    case kind::truncate:
    case kind::allocate: at(one).changes.push_back({number, &one}); break;
    case kind::map: at(one).mapped = true; break;
    case kind::sync:
        if (is_heard(one)) keep_file(at(one), one.at);
        break;
    case kind::failed_sync: lose_some(at(one), one); break;
    case kind::sync_folder:
        if (is_heard(one)) keep_names(one.path, one.at);
        break;
    case kind::will:
    case kind::durable:
    case kind::saved: break;
    }
}

void disk::create(const disk_event& one, bool folder) {
    std::shared_ptr<node>& made = now_[one.path];
    if (made) return;
    made = std::make_shared<node>();
    made->folder = folder;
    name_changes_.push_back({taken_ - 1, &one, made});
}
void disk::rename(const disk_event& one) {
    const auto from = now_.find(one.path);
    if (from == now_.end()) return;
    const std::shared_ptr<node> moved = from->second;
    now_.erase(from);
    now_[one.to] = moved;
    name_changes_.push_back({taken_ - 1, &one, moved});
}

void disk::keep_file(node& of, std::uint64_t before) {
    std::erase_if(of.changes, [&](const pending& one) {
        if (one.number >= before) return false;
        apply(of.bytes, *one.what);
        return true;
    });
}

void disk::lose_some(node& of, const disk_event& failed) {
    dice from(failed.at, of.changes.size());
    choice kept(from);
    kept.begin(of.changes.size());
    std::size_t i = 0;
    std::erase_if(of.changes, [&](const pending& one) {
        const std::size_t number = i++;
        if (one.number >= failed.at) return false;
        if (one.what->what != kind::write || kept.keeps(number))
            apply(of.bytes, *one.what);
        else if (kept.torn(number))
            put_blocks(of.bytes, *one.what, ~std::uint64_t{0}, kept);
        return true;
    });
}

namespace {

/// A change of names, done to what is kept.
template <class Names, class Node> void apply_name(Names& to, const disk_event& one, const std::shared_ptr<Node>& of) {
    if (one.what == kind::remove || one.what == kind::rename) to.erase(one.path);
    if (one.what != kind::remove) to[one.what == kind::rename ? one.to : one.path] = of;
}

} // namespace

void disk::keep_names(const std::string& folder, std::uint64_t before) {
    std::erase_if(name_changes_, [&](const name_change& one) {
        if (one.number >= before || folder_of(one.what->path) != folder) return false;
        apply_name(kept_, *one.what, one.of);
        return true;
    });
}

disk::names disk::names_left(dice& from, std::string& lost) const {
    names there = kept_;
    choice kept(from);
    kept.begin(name_changes_.size());
    for (std::size_t i = 0; i < name_changes_.size(); ++i) {
        const name_change& one = name_changes_[i];
        if (kept.torn(i) ? kept.keeps_block() : kept.keeps(i))
            apply_name(there, *one.what, one.of);
        else
            lost += "  event " + std::to_string(one.number) + ": " + text_of(*one.what) + "\n";
    }
    return there;
}

std::string disk::bytes_left(const node& of, dice& from, const char*& how) {
    std::string bytes = of.bytes;
    choice kept(from);
    kept.begin(of.changes.size());
    how = kept.name();
    std::vector<std::size_t> sizes{bytes.size()};
    std::uint64_t limit = ~std::uint64_t{0}; // behind a cut that was lost
    for (std::size_t i = 0; i < of.changes.size(); ++i) {
        const disk_event& one = *of.changes[i].what;
        const auto end = static_cast<std::size_t>(one.at + one.bytes.size());
        const std::size_t size = sizes.back();
        sizes.push_back(one.what == kind::truncate ? end : std::max(size, end));
        if (one.what == kind::write && kept.torn(i))
            put_blocks(bytes, one, limit, kept);
        else if (kept.keeps(i) && (one.what != kind::write || end <= limit))
            apply(bytes, one);
        else if (one.what == kind::truncate && end < size)
            limit = std::min<std::uint64_t>(limit, end);
    }
    if (sizes.size() > 1 && limit == ~std::uint64_t{0} && from.one_in(5)) bytes.resize(sizes[from.below(sizes.size())]);
    if (of.mapped) scribble(bytes, from);
    return bytes;
}

disk_image disk::cut_power(dice& from, std::string& lost) const {
    disk_image left;
    for (const auto& [path, of] : names_left(from, lost)) {
        const std::string folder = folder_of(path);
        if (!folder.empty() && !left.contains(folder)) continue; // it has lost its folder
        const char* how = "";
        left[path] = {of->folder, bytes_left(*of, from, how)};
        if (!of->changes.empty())
            lost += "  " + path + ": of " + std::to_string(of->changes.size()) + " changes are kept: " + how + "\n";
    }
    return left;
}

void write_image(const disk_image& from, const std::string& folder) {
    files::remove_all(folder);
    files::create_directories(folder);
    constexpr std::size_t page = 4'096;
    static constexpr char zeros[page] = {};
    for (const auto& [path, file] : from) {
        const std::string full = folder + "/" + path;
        if (file.folder) {
            files::create_directories(full);
            continue;
        }
        const int to = ::open(full.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        bool good = to >= 0 && ::ftruncate(to, static_cast<off_t>(file.bytes.size())) == 0;
        for (std::size_t at = 0; good && at < file.bytes.size(); at += page) {
            const std::size_t some = std::min(page, file.bytes.size() - at);
            if (std::memcmp(file.bytes.data() + at, zeros, some) == 0) continue; // it has them
            good = ::pwrite(to, file.bytes.data() + at, some, static_cast<off_t>(at)) == static_cast<ssize_t>(some);
        }
        if (to >= 0) ::close(to);
        if (!good) throw std::runtime_error("cannot write " + full);
    }
}

std::string text_of(const disk_event& one) {
    constexpr const char* names[] = {"create",      "make folder", "rename",  "remove", "write",
                                     "truncate",    "allocate",    "map",     "sync",   "failed sync",
                                     "sync folder", "will",        "durable", "saved"};
    std::string text = names[static_cast<std::size_t>(one.what)];
    text += " " + one.path + (one.to.empty() ? "" : " to " + one.to);
    if (one.at != 0 || !one.bytes.empty()) text += " at " + std::to_string(one.at);
    return one.bytes.empty() ? text : text + ", " + std::to_string(one.bytes.size()) + " bytes";
}

} // namespace torture
