// Offers the browser's own time zone where the edition's country leaves it open.

const zones = document.querySelector("select[name=time_zone]");
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const isOpen = zones?.value === "UTC" && zones.selectedOptions[0]?.defaultSelected;
if (isOpen && zones.querySelector(`option[value="${CSS.escape(timeZone)}"]`)) zones.value = timeZone;
