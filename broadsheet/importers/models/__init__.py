from broadsheet.importers.models.finding import Finding
from broadsheet.importers.models.imported import Imported, OldAddress
from broadsheet.importers.models.moving import Import
from broadsheet.importers.models.readers import KeptOfReader, ReaderBatch

__all__ = ["Finding", "Import", "Imported", "KeptOfReader", "OldAddress", "ReaderBatch"]
