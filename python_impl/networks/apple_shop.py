from python_impl.layers.add_layer import AddLayer
from python_impl.layers.mul_layer import MulLayer


class AppleShop:
    """price = (apple apple_num + orange orange_num) tax, with the derivatives of the price by all five.

    Three MulLayers and an AddLayer. Without oranges (0 of them) it is the first of the book's two errands.
    Source: the book, first volume, chapter 5, 5.4.1 and 5.4.2.
    """

    def __init__(self) -> None:
        self.mul_apple = MulLayer()
        self.mul_orange = MulLayer()
        self.add_apple_orange = AddLayer()
        self.mul_tax = MulLayer()

    def forward(self, apple: float, apple_num: float, orange: float, orange_num: float, tax: float) -> float:
        self.apple_price = self.mul_apple.forward(apple, apple_num)
        self.orange_price = self.mul_orange.forward(orange, orange_num)
        self.all_price = self.add_apple_orange.forward(self.apple_price, self.orange_price)
        return self.mul_tax.forward(self.all_price, tax)

    def backward(self, dprice: float = 1) -> dict[str, float]:
        dall_price, dtax = self.mul_tax.backward(dprice)
        dapple_price, dorange_price = self.add_apple_orange.backward(dall_price)
        dorange, dorange_num = self.mul_orange.backward(dorange_price)
        dapple, dapple_num = self.mul_apple.backward(dapple_price)
        return {
            "dapple": dapple,
            "dapple_num": dapple_num,
            "dorange": dorange,
            "dorange_num": dorange_num,
            "dtax": dtax,
            "dapple_price": dapple_price,
            "dorange_price": dorange_price,
            "dall_price": dall_price,
        }
