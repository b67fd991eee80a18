"""The parts of the main window that are not panels: menus, bars, files, the arrangement of the docks."""
