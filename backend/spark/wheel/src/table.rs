//! What Python gets: tables and schemas that any Arrow library takes over through the PyCapsule interface.

use arrow::array::{Array, RecordBatch, StructArray};
use arrow::datatypes::SchemaRef;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::capsule;

/// A table in memory: `pyarrow.record_batch(table)` takes it over as it is.
#[pyclass(frozen)]
pub(crate) struct Table {
    batch: RecordBatch,
}

impl Table {
    pub(crate) fn of(batch: &RecordBatch) -> Self {
        Self {
            batch: batch.clone(),
        }
    }
}

#[pymethods]
impl Table {
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::schema(py, &self.batch.schema())
    }

    /// The columns' types are what they are: a wish for others is not heard, as the interface allows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let _ = requested_schema;
        let rows = StructArray::from(self.batch.clone());
        Ok((
            capsule::schema(py, &self.batch.schema())?,
            capsule::array(py, &rows.to_data())?,
        ))
    }
}

/// The columns of a table: `pyarrow.schema(schema)` takes them over.
#[pyclass(frozen)]
pub(crate) struct Schema {
    schema: SchemaRef,
}

impl Schema {
    pub(crate) fn of(schema: SchemaRef) -> Self {
        Self { schema }
    }
}

#[pymethods]
impl Schema {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::schema(py, &self.schema)
    }
}
