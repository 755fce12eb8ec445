//! The verifying side.

use sheaf_sumcheck::round::{self, Claimed};
use sheaf_sumcheck::skip;
use sheaf_transcript::{Channel, Extension};

use crate::checks::{Check, applies};

use super::claims::{Block, InputClaim, OutputClaim, weights_at};
use super::error::Error;
use super::layers::{Evaluations, Layer, label};
use super::order;
use super::poseidon::Poseidon;
use super::shape::Shape;
use super::state::{Point, State};

/// Reduces a claim about outputs to a claim about inputs, which the caller has to check.
///
/// # Errors
/// If the proof is malformed or wrong, or if the claim does not fit the shape.
pub fn verify<C: Channel>(
    shape: &Shape,
    claim: OutputClaim<C::Extension>,
    channel: &mut C,
) -> Result<InputClaim<C::Extension>, Error> {
    shape.check()?;
    claim.check(shape)?;
    let (point, mut evaluations) = output_layer(shape, claim, channel)?;
    let mut state = State::new(shape, point);
    for (i, layer) in Layer::after_output(shape).into_iter().enumerate() {
        state.leave(&evaluations, channel.sample());
        state.enter(layer);
        let claim = sumcheck(&mut state, channel)?;
        evaluations = receive(layer, channel)?;
        if state.gate(&evaluations) != claim && applies(Check::PermutationLayer(i + 1)) {
            return Err(Error::Layer { layer: i + 1 });
        }
    }
    Ok(state.input_claim(shape, &evaluations))
}

fn receive<C: Channel>(layer: Layer, channel: &mut C) -> Result<Evaluations<C::Extension>, Error> {
    let evaluations = channel.receive(label::EVALUATIONS, layer.evaluations())?;
    Ok(layer.read(&evaluations))
}

/// The univariate round and the rounds of one layer; moves the point.
///
/// Returns the value that the gate must have at the new point.
fn sumcheck<C: Channel>(
    state: &mut State<C::Extension>,
    channel: &mut C,
) -> Result<C::Extension, Error> {
    let point = &mut state.point;
    let (rho, mut claim) = round::receive(
        label::SKIP,
        skip::CUBE_SIZE - 1,
        state.value,
        Claimed::Skip(&point.skip),
        channel,
    )?;
    point.skip = skip::Weights::Basis(rho);

    let slots = order::slots(point.slots.len());
    let lanes = order::lanes(point.lanes.len());
    let slots = slots.map(|i| (i, false));
    for (i, is_lane) in slots.chain(lanes.map(|i| (i, true))) {
        let coordinates = if is_lane {
            &mut point.lanes
        } else {
            &mut point.slots
        };
        let claimed = Claimed::Eq(coordinates[i]);
        (coordinates[i], claim) = round::receive(label::ROUND, 3, claim, claimed, channel)?;
    }
    Ok(claim)
}

/// Layer 0: from the output claim to evaluations of the states before the last cubes.
fn output_layer<E: Extension, C: Channel<Extension = E>>(
    shape: &Shape,
    claim: OutputClaim<E>,
    channel: &mut C,
) -> Result<(Point<E>, Evaluations<E>), Error> {
    let OutputClaim {
        lane_point: mut lanes,
        narrow: narrow_blocks,
        wide: wide_blocks,
        mut value,
    } = claim;
    for i in order::lanes(shape.log_lanes) {
        let claimed = Claimed::Eq(lanes[i]);
        (lanes[i], value) = round::receive(label::OUTPUT_ROUND, 3, value, claimed, channel)?;
    }
    let mut slots = vec![E::ZERO; shape.log_slots()];
    for i in order::slots(slots.len()) {
        (slots[i], value) = round::receive(label::OUTPUT_ROUND, 4, value, Claimed::Sum, channel)?;
    }

    let evaluations = receive(Layer::output(shape), channel)?;
    let mut gate = E::ZERO;
    if let Evaluations::Full { narrow, wide } = &evaluations {
        let own = |log_slots: usize| slots.split_at(slots.len() - log_slots);
        if let (Some(table), Some(columns)) = (shape.narrow, narrow) {
            let slots = own(table.log_slots);
            gate += output_gate(Poseidon::narrow(), &narrow_blocks, slots, columns);
        }
        if let (Some(table), Some(columns)) = (shape.wide, wide) {
            let slots = own(table.log_slots);
            gate += output_gate(Poseidon::wide(), &wide_blocks, slots, columns);
        }
    }
    if gate != value && applies(Check::PermutationLayer(0)) {
        return Err(Error::Layer { layer: 0 });
    }
    Ok((Point::new(&slots, lanes), evaluations))
}

/// One table's share of the output layer's gate, at the slot variables that it lacks and those that it has.
fn output_gate<const W: usize, E: Extension>(
    poseidon: &Poseidon<W>,
    blocks: &[Block<E>],
    (missing, own): (&[E], &[E]),
    columns: &[E; W],
) -> E {
    let weights = poseidon.transposed(&weights_at(blocks, missing, own));
    let terms = weights.iter().zip(columns);
    terms.map(|(&v, x)| v * x.cube()).sum()
}
