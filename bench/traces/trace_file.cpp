#include "traces/trace.hpp"

#include <zstd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_trace = std::size_t{1} << 32;
constexpr int compression_level = 19;

std::runtime_error error_in(const fs::path& file, const std::string& why) {
    return std::runtime_error{file.string() + ": " + why};
}

bool is_compressed(const fs::path& file) { return file.extension() == ".zst"; }

std::vector<std::byte> bytes_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in || fs::is_directory(file)) throw error_in(file, "cannot be read");
    std::vector<std::byte> bytes(fs::file_size(file));
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!in) throw error_in(file, "cannot be read whole");
    return bytes;
}

struct frees_context {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

/// The content of exactly one zstd frame.
std::vector<std::byte> decompressed(std::span<const std::byte> frame) {
    const std::unique_ptr<ZSTD_DCtx, frees_context> context{ZSTD_createDCtx()};
    ZSTD_inBuffer in{frame.data(), frame.size(), 0};
    std::vector<std::byte> bytes;
    std::vector<std::byte> piece(ZSTD_DStreamOutSize());
    std::size_t wanted = 1;
    while (wanted != 0) {
        ZSTD_outBuffer out{piece.data(), piece.size(), 0};
        wanted = ZSTD_decompressStream(context.get(), &out, &in);
        if (ZSTD_isError(wanted) != 0) throw damaged_trace{in.pos, std::string{"zstd: "} + ZSTD_getErrorName(wanted)};
        bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(out.pos));
        if (bytes.size() > largest_trace) throw damaged_trace{in.pos, "unpacks to more than 4 GiB"};
        if (wanted != 0 && in.pos == in.size && out.pos < out.size) throw damaged_trace{in.pos, "truncated"};
    }
    if (in.pos != in.size) throw damaged_trace{in.pos, "something follows the trace"};
    return bytes;
}

std::vector<std::byte> compressed(std::span<const std::byte> bytes) {
    const std::unique_ptr<ZSTD_CCtx, frees_context> context{ZSTD_createCCtx()};
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, compression_level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::vector<std::byte> frame(ZSTD_compressBound(bytes.size()));
    const std::size_t size = ZSTD_compress2(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) throw std::runtime_error{std::string{"zstd: "} + ZSTD_getErrorName(size)};
    frame.resize(size);
    return frame;
}

/// To a name beside it first, so that nobody ever finds half a trace.
void replace_file(const fs::path& file, std::span<const std::byte> bytes) {
    fs::path unfinished = file;
    unfinished += ".unfinished";
    std::ofstream out{unfinished, std::ios::binary};
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    std::error_code failed = out ? std::error_code{} : std::make_error_code(std::errc::io_error);
    if (!failed) fs::rename(unfinished, file, failed);
    if (!failed) return;
    fs::remove(unfinished, failed);
    throw error_in(file, "cannot be written");
}

}  // namespace

trace read_trace(const fs::path& file) {
    const std::vector<std::byte> stored = bytes_of(file);
    std::string within = "offset ";
    try {
        if (!is_compressed(file)) return decode(stored);
        const std::vector<std::byte> unpacked = decompressed(stored);
        within = "unpacked offset ";
        return decode(unpacked);
    } catch (const damaged_trace& damage) {
        throw error_in(file, within + std::to_string(damage.offset) + ": " + damage.what());
    }
}

void write_trace(const trace& recorded, const fs::path& file) {
    const std::vector<std::byte> bytes = encode(recorded);
    replace_file(file, is_compressed(file) ? compressed(bytes) : bytes);
}

}  // namespace bench
