//! Decoding one raw object: an iterator over its pieces, so that memory stays small however much the object holds.

use std::io::{self, Read};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;
use eyeline_loader::decode::{self, Decoded, Forgotten, Salts};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::capsule;
use super::table::Table;

/// Turns raw objects into tables. It remembers user agents from one object to the next, so keep it.
#[pyclass]
pub(crate) struct Decoder {
    salts: Salts,
    inner: Option<decode::Decoder>,
}

#[pymethods]
impl Decoder {
    /// A decoder that makes visitor keys with this secret, of 16 bytes or more.
    #[new]
    fn new(secret: &[u8]) -> PyResult<Self> {
        Ok(Self {
            salts: salts(secret)?,
            inner: None,
        })
    }

    /// Decodes the objects of an Arrow array of binary values, one after the other by their places. An object that can't be read
    /// raises OSError, and what was decoded of it must not be used.
    fn decode(slf: Bound<'_, Self>, objects: &Bound<'_, PyAny>, at: usize) -> PyResult<Pieces> {
        let objects = capsule::array_of(objects)?;
        if !matches!(
            objects.data_type(),
            DataType::Binary | DataType::LargeBinary
        ) {
            let message = format!("raw objects are binary values, not {}", objects.data_type());
            return Err(PyTypeError::new_err(message));
        }
        if at >= objects.len() || objects.is_null(at) {
            return Err(PyValueError::new_err(format!("there is no object {at}")));
        }
        let object = Object {
            objects,
            at,
            done: 0,
        };
        let pieces = decode::Pieces::new(object).map_err(unreadable)?;
        let decoder = {
            let mut this = slf.borrow_mut();
            let salts = this.salts.clone();
            this.inner
                .take()
                .unwrap_or_else(|| decode::Decoder::new(salts))
        };
        Ok(Pieces {
            from: slf.unbind(),
            decoder: Some(decoder),
            pieces,
        })
    }
}

/// The pieces of one object, in its order.
#[pyclass]
pub(crate) struct Pieces {
    from: Py<Decoder>,
    /// Gone once the object has ended.
    decoder: Option<decode::Decoder>,
    pieces: decode::Pieces<Object>,
}

#[pymethods]
impl Pieces {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Piece>> {
        let Some(mut decoder) = self.decoder.take() else {
            return Ok(None);
        };
        let pieces = &mut self.pieces;
        let (decoder, more, decoded) = py.detach(|| {
            let more = pieces.fill(&mut decoder);
            let decoded = decoder.finish();
            (decoder, more, decoded)
        });
        // After an error the decoder goes with what it holds.
        let more = more.map_err(unreadable)?;
        let decoded = decoded.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        if more {
            self.decoder = Some(decoder);
        } else {
            self.from.borrow_mut(py).inner = Some(decoder);
        }
        Ok(Some(Piece { decoded }))
    }
}

/// The tables of some lines of an object. `read` = rows of `events` + rows of `rejects`.
#[pyclass(frozen)]
pub(crate) struct Piece {
    decoded: Decoded,
}

#[pymethods]
impl Piece {
    /// Clean events.
    #[getter]
    fn events(&self) -> Table {
        Table::of(&self.decoded.events)
    }

    /// One row a batch, with its instance's counters.
    #[getter]
    fn instances(&self) -> Table {
        Table::of(&self.decoded.instances)
    }

    /// Losses that a later instance reported.
    #[getter]
    fn losses(&self) -> Table {
        Table::of(&self.decoded.losses)
    }

    /// Refused events and unreadable lines.
    #[getter]
    fn rejects(&self) -> Table {
        Table::of(&self.decoded.rejects)
    }

    /// Requests to forget: when received (ms since 1970), the affiliate, the visitor.
    #[getter]
    fn forgotten(&self) -> Vec<(i64, String, String)> {
        let row = |request: &Forgotten| {
            let anon = request.anon.to_string();
            (request.received.as_i64(), request.affiliate.clone(), anon)
        };
        self.decoded.forgotten.iter().map(row).collect()
    }

    /// Lines that were not blank.
    #[getter]
    fn lines(&self) -> u64 {
        self.decoded.counts.lines
    }

    /// Events seen, and 1 for each line or batch that could not be read.
    #[getter]
    fn read(&self) -> u64 {
        self.decoded.counts.read
    }
}

pub(crate) fn salts(secret: &[u8]) -> PyResult<Salts> {
    Salts::new(secret).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn unreadable(error: io::Error) -> PyErr {
    PyOSError::new_err(error.to_string())
}

/// One value of an array of objects, as something to read from.
struct Object {
    objects: ArrayRef,
    at: usize,
    done: usize,
}

impl Read for Object {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let bytes = match self.objects.data_type() {
            DataType::Binary => self.objects.as_binary::<i32>().value(self.at),
            _ => self.objects.as_binary::<i64>().value(self.at),
        };
        let read = (&bytes[self.done..]).read(space)?;
        self.done += read;
        Ok(read)
    }
}
