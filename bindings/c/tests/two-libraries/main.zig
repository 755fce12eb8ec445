//! Two static libraries of Rust in one program.
const std = @import("std");
const sheaf = @cImport(@cInclude("sheaf.h"));
const scheme = sheaf.SHEAF_SCHEME_TEST;

extern fn neighbour_allocations() usize;
extern fn neighbour_sum(n: u64) u64;
extern fn neighbour_unwinds() bool;

fn check(status: sheaf.sheaf_status) !void {
    if (status != sheaf.SHEAF_STATUS_OK) return error.Sheaf;
}

pub fn main() !void {
    try std.testing.expectEqual(499500, neighbour_sum(1000));
    try std.testing.expect(neighbour_unwinds());
    const allocations = neighbour_allocations();
    try std.testing.expect(allocations > 0);

    var group = std.mem.zeroes(sheaf.sheaf_group);
    const seed: [sheaf.SHEAF_SEED_BYTES]u8 = @splat(0);
    var key: [sheaf.SHEAF_PUBLIC_KEY_BYTES]u8 = undefined;
    var signature: sheaf.sheaf_buffer = undefined;
    try check(sheaf.sheaf_one_slot_sign(scheme, &seed, group.slot, &group.message, &key, &signature, null));
    defer sheaf.sheaf_buffer_free(&signature);
    const key_slice: sheaf.sheaf_bytes = .{ .data = &key, .len = key.len };
    const signature_slice: sheaf.sheaf_bytes = .{ .data = signature.data, .len = signature.len };
    group.keys = &key_slice;
    group.signatures = &signature_slice;
    group.count = 1;

    var prover: ?*sheaf.sheaf_prover = null;
    try check(sheaf.sheaf_prover_new(2, &prover, null));
    defer sheaf.sheaf_prover_free(prover);
    var proof: sheaf.sheaf_buffer = undefined;
    try check(sheaf.sheaf_aggregate_as(prover, scheme, sheaf.SHEAF_FORM_PROOF, sheaf.SHEAF_RATE_HALF, &group, 1, null, null, &proof, null));
    defer sheaf.sheaf_buffer_free(&proof);
    try check(sheaf.sheaf_verify(scheme, &group, 1, proof.data, proof.len, null));

    // Neither has used the allocator of the other.
    try std.testing.expectEqual(allocations, neighbour_allocations());
    try std.testing.expect(neighbour_unwinds());
    std.debug.print("two libraries, each by itself\n", .{});
}
