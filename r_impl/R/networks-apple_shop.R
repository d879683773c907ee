#' @title The apple shop
#'
#' @description
#' Three products and a sum,
#' \deqn{price = (apple \; apple\_num + orange \; orange\_num) \, tax}{
#'   price = (apple apple_num + orange orange_num) tax}
#' and the derivatives of the price by all five. Without oranges it is the first of the book's two errands.
#'
#' @param apple,apple_num,orange,orange_num,tax What an apple costs, how many; an orange; the factor of the tax.
#' @param forward The result of `AppleShop.forward()`.
#' @param dprice The gradient that flows in, a number.
#' @return `AppleShop.forward()`: a list with `price`, the prices on the way to it, and the layers' results.
#'   `AppleShop.backward()`: a list with `grads`, the derivatives: `dapple`, `dapple_num`, `dorange`, `dorange_num`,
#'   `dtax`, and those on the way: `dapple_price`, `dorange_price`, `dall_price`.
#' @source The book, first volume, chapter 5, 5.4.1 and 5.4.2.
#' @examples
#' forward <- AppleShop.forward(apple = 100, apple_num = 2, orange = 150, orange_num = 3, tax = 1.1)
#' forward$price
#' unlist(AppleShop.backward(forward)$grads)
#' @family networks
#' @name AppleShop
NULL

#' @rdname AppleShop
#' @export
AppleShop.forward <- function(apple, apple_num, orange, orange_num, tax) {
  apples <- MulLayer.forward(apple, apple_num)
  oranges <- MulLayer.forward(orange, orange_num)
  all <- AddLayer.forward(apples$out, oranges$out)
  taxed <- MulLayer.forward(all$out, tax)
  list(
    price = taxed$out, apple_price = apples$out, orange_price = oranges$out, all_price = all$out,
    mul_apple = apples, mul_orange = oranges, mul_tax = taxed
  )
}

#' @rdname AppleShop
#' @export
AppleShop.backward <- function(forward, dprice = 1) {
  taxed <- MulLayer.backward(forward$mul_tax, dprice)
  all <- AddLayer.backward(taxed$dx)
  oranges <- MulLayer.backward(forward$mul_orange, all$dy)
  apples <- MulLayer.backward(forward$mul_apple, all$dx)
  list(grads = list(
    dapple = apples$dx, dapple_num = apples$dy, dorange = oranges$dx, dorange_num = oranges$dy, dtax = taxed$dy,
    dapple_price = all$dx, dorange_price = all$dy, dall_price = taxed$dx
  ))
}
