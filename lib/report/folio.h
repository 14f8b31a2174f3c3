/*
 * Folios: ELECTION/KIND/NN/XXXXXXXX, the last part from what the document is bound to, so that two documents with
 * different contents never share one. KIND: AC acta de cómputo, HD huellas digitales, AS acta del sorteo, AL acta de
 * la sesión de la llave, CF configuración, RI reporte inicial, RC reporte de cierre, AR acuses, HC hojas de contraseña,
 * SO sobres, IC inventario para la custodia, AF acta circunstanciada de la sesión de cómputo y resguardo, IN incidente, RN
 * registro de incidentes, RO informe de operación.
 */
#ifndef REPORT_FOLIO_H
#define REPORT_FOLIO_H

#include <stdint.h>

enum { FOLIO_SIZE = 80 };

void folio_make(char out[FOLIO_SIZE], const char *election, const char *kind, unsigned number,
                const uint8_t content[32]);

#endif
