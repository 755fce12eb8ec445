//! The prover's fingerprints of chain values, lane group by lane group.

use p3_field::{Algebra, BasedVectorSpace, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, EPF, F, PF};

use crate::chain_ends::Fingerprint;
use crate::shape::Shape;
use crate::witness::Witness;

/// Fingerprints of every lane group: `steps` inputs and outputs and `chains` ends each.
pub(crate) struct Fingerprints {
    /// `fp(q_k, in_k)`.
    pub inputs: Vec<EPF>,
    /// `fp(q_k, out_k)`, zero in idle lanes.
    pub outputs: Vec<EPF>,
    /// `fp(0, E_c)`.
    pub ends: Vec<EPF>,
}

/// `beta^2, .., beta^(D+1)` for digests of `D` elements, coefficient by coefficient.
struct Basis<const D: usize> {
    planes: [[F; D]; 5],
}

impl<const D: usize> Basis<D> {
    fn new(powers: &[EF]) -> Self {
        let planes = core::array::from_fn(|i| core::array::from_fn(|j| coefficients(powers[j])[i]));
        Self { planes }
    }

    fn dot(&self, y: &[PF; D]) -> EPF {
        EPF::from_basis_coefficients_fn(|i| {
            <PF as Algebra<F>>::mixed_dot_product(y, &self.planes[i])
        })
    }
}

impl Fingerprints {
    pub(crate) fn new(shape: &Shape, witness: &Witness, fingerprint: &Fingerprint) -> Self {
        // Loops over elements are the faster for knowing how many there are.
        match shape.columns.digest {
            4 => Self::of_digests::<4>(shape, witness, fingerprint),
            8 => Self::of_digests::<8>(shape, witness, fingerprint),
            other => unreachable!("no scheme has digests of {other} elements"),
        }
    }

    fn of_digests<const D: usize>(
        shape: &Shape,
        witness: &Witness,
        fingerprint: &Fingerprint,
    ) -> Self {
        let columns = &shape.columns;
        let groups = witness.groups();
        let basis = Basis::<D>::new(&fingerprint.elements);
        let beta = EPF::from(fingerprint.number);
        let mut all = Self {
            inputs: EPF::zero_vec(groups * shape.steps),
            outputs: EPF::zero_vec(groups * shape.steps),
            ends: EPF::zero_vec(groups * shape.scheme.chains),
        };
        all.inputs
            .par_chunks_exact_mut(shape.steps)
            .zip(all.outputs.par_chunks_exact_mut(shape.steps))
            .zip(all.ends.par_chunks_exact_mut(shape.scheme.chains))
            .enumerate()
            .for_each(|(g, ((inputs, outputs), ends))| {
                let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
                let steps = g * shape.steps * D..(g + 1) * shape.steps * D;
                let (results, _) = witness.step_results[steps].as_chunks();
                let (values, _) = cells[columns.chain_value..][..shape.steps * D].as_chunks();
                let positions = &cells[columns.chain_position..][..shape.steps];
                for (k, (value, &q)) in values.iter().zip(positions).enumerate() {
                    let position = beta * q;
                    inputs[k] = position + basis.dot(value);
                    outputs[k] = (position + basis.dot(&results[k])) * witness.live[g];
                }
                let (end_values, _) =
                    cells[columns.end_value..][..shape.scheme.chains * D].as_chunks();
                for (end, value) in ends.iter_mut().zip(end_values) {
                    *end = basis.dot(value);
                }
            });
        all
    }
}
