from broadsheet.importers.models.export import Export
from broadsheet.importers.models.finding import Finding
from broadsheet.importers.models.imported import Imported, OldAddress
from broadsheet.importers.models.moving import Import
from broadsheet.importers.models.readers import KeptOfReader, ReaderBatch

__all__ = ["Export", "Finding", "Import", "Imported", "KeptOfReader", "OldAddress", "ReaderBatch"]
